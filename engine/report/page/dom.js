// SPDX-License-Identifier: Apache-2.0
// Making elements. Texts are only ever text: nothing here, or in the other files, parses markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/// An element of HTML: h('p', {class: 'note'}, 'text', other).
function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/// An element of SVG.
function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function icon(name) {
  return svg('svg', {class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true'}, svg('use', {href: `#i-${name}`}));
}

/// Text in which `…` is code.
function rich(text) {
  return text.split('`').map((part, i) => (i % 2 === 1 ? h('code', {}, part) : part));
}

function element(id) {
  return document.getElementById(id);
}

function say(text) {
  element('said').textContent = text;
}

/// Where the browser keeps its clipboard from pages in files, the old way still works.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = h('textarea', {class: 'offscreen', 'aria-hidden': 'true', readonly: true});
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
  say(`Copied: ${text}`);
}

/// A command line with a button that copies it.
function command(text) {
  const button = h('button', {type: 'button', class: 'copy', 'aria-label': `Copy ${text}`, title: 'Copy',
    onclick: () => {
      copy(text);
      button.classList.add('copied');
      button.lastChild.textContent = 'Copied';
      setTimeout(() => {
        button.classList.remove('copied');
        button.lastChild.textContent = 'Copy';
      }, 1600);
    }}, icon('copy'), h('span', {}, 'Copy'));
  return h('div', {class: 'command'}, h('code', {}, text), button);
}
