// SPDX-License-Identifier: Apache-2.0
// The subcommands of `firmform catalog`.
#include "engine/cli/commands.h"
#include "engine/cli/trust_verbs.h"

namespace firmform::cli {
namespace {

const OptionSpec kJson{"json", "", "Machine-readable output on standard output."};
const OptionSpec kFromSnapshot{"from-snapshot", "DIR", "Read a recorded inventory instead of the BMCs."};
const OptionSpec kReadParallelism{"read-parallelism", "N", "Hosts read at a time (default 512)."};

}  // namespace

Verb catalog_verb() {
  return {
      "catalog",
      "List, compare, check and pin images",
      "Images are packages (.fwpkg), Smart Components with their .compsig files, and raw images, in the directories "
      "and on the mirrors of `catalog:`.",
      {},
      {},
      nullptr,
      {
          {"catalog list",
           "List the images of the catalog",
           "Lists all images in the catalog's directories and in the folders below them (an unpacked SPP keeps its "
           "packages in packages/), and those that the manifest wants from mirrors. With DIR, lists these directories "
           "and needs no manifest. What a raw image holds is a hint by its name and is marked so.\n\n"
           "JSON: {format_version, images: [{name, kind, component, version, by_name_only, size, sha256, signature, "
           "sections, path, url, fetched_path, package}], problems: [{image, code, message, notes}], mirrors: [{url, "
           "files}]}. sha256 is null where nothing was digested.",
           {{"DIR", "list this directory instead of the manifest's catalog", false, true}},
           {kJson, {"mirrors", "", "Also ask the mirrors for their index (fwrepodata/fwrepo.json)."}},
           run_catalog_list},
          {"catalog show",
           "Show all that is known of one image",
           "Digests the file and shows its metadata, targets in words, signatures and place.\n\n"
           "JSON: {format_version, image: as in `catalog list`}.",
           {{"IMAGE", "file name, or a URL as in the manifest", true}},
           {kJson},
           run_catalog_show},
          {"catalog match",
           "Show which images fit which components of hosts",
           "Matches by device class, target GUID and ROM family, never by file name. Raw images say nothing of their "
           "devices and are left out. An image that the manifest wants for a host and that fits none of its "
           "components is an error with the reason.\n\n"
           "JSON: {format_version, hosts: [{name, unread, components: [{address, name, installed, images: [{image, "
           "version, standing: newer|older|same|unknown}]}], misfits: [{image, wanted, reasons}]}]}.",
           {{"HOST", "name or glob", false, true}},
           {kJson, kFromSnapshot, kReadParallelism},
           run_catalog_match},
          {"catalog diff",
           "Compare two baselines or two directories",
           "Shows what was added, removed, and went up or down, by component. A side with a slash in it "
           "(./spp-2026.04) "
           "is a directory; anything else is a baseline of the manifest.\n\n"
           "JSON: {format_version, changes: [{component, move: added|removed|up|down|other, before: {component, "
           "version, image}, after}]}.",
           {{"A", "baseline or directory", true}, {"B", "baseline or directory", true}},
           {kJson},
           run_catalog_diff},
          {"catalog verify",
           "Check every image that the manifest wants",
           "Digests the images and compares them with firmform.lock and with `sha256:` of the manifest, reads every "
           "package to its end, and checks that each piece of a Smart Component has its signature. Whether a "
           "signature is good is for the BMC to judge. Exits with 0 when nothing is wrong.\n\n"
           "JSON: {format_version, locked, images: [{image, state: ok|refused|not-here, sha256, size, signature}], "
           "diagnostics}.",
           {},
           {kJson},
           run_catalog_verify},
          {"catalog lock",
           "Pin the images that the manifest wants",
           "Writes firmform.lock: name, SHA-256, size and source of every image that the manifest wants. Commit it. "
           "Images of mirrors are fetched in order to be digested. Prints what changes; when a file was replaced by "
           "another of the same name, nothing is written without -update.\n\n"
           "JSON: {format_version, written, changes: [{image, kind: added|removed|replaced|moved, before: {sha256, "
           "size, source}, after}]}.",
           {},
           {kJson, {"update", "", "Accept files that were replaced; fetch images of mirrors anew."}},
           run_catalog_lock},
          {"catalog fetch",
           "Fetch the pinned images of mirrors",
           "Brings the mirrors' images that firmform.lock pins, and that are not here, into .firmform/images, for "
           "hosts "
           "that get their images from this machine. A download that was cut off goes on where it stopped.\n\n"
           "JSON: {format_version, fetched: [{image, path, sha256, size}]}.",
           {},
           {kJson},
           run_catalog_fetch},
          {"catalog retire",
           "List the images that nothing needs any more",
           "Lists the images in the catalog's directories that no baseline (versions on the way included), install set "
           "or repository of the manifest names, that no host would need to go back to what it runs now, and that no "
           "BMC keeps in its sets or its queue. Nothing is deleted. Hosts that cannot be read make the list "
           "incomplete, which it then says.\n\n"
           "JSON: {format_version, complete, unread_hosts, retirable: [{name, path, size}], needed: [{name, path, size, "
           "needed_for}]}.",
           {},
           {kJson, kFromSnapshot, kReadParallelism},
           run_catalog_retire},
      }};
}

}  // namespace firmform::cli
