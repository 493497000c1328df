# SPDX-License-Identifier: Apache-2.0
# Rules over a plan of firmform, in the words of Terraform's plans. For conftest with OPA 0.59 or newer.
package main

import rego.v1

# An image whose bytes nobody wrote down could be any image.
deny_unpinned_image contains result if {
	some resource in input.resource_changes
	some action in resource.change.actions
	action != "no-op"
	image := resource.change.after.image
	not image.sha256
	result := {
		"msg": sprintf("%s: the image %s is not pinned by its SHA-256", [resource.address, image.name]),
		"address": resource.address,
	}
}

# The BMC goes first, and is seen to work, before anything else of the host is touched.
deny_bmc_with_others contains result if {
	some resource in input.resource_changes
	updates_firmware(resource)
	startswith(resource.name, "iLO")
	others := [other |
		some other in input.resource_changes
		other.host == resource.host
		updates_firmware(other)
		not startswith(other.name, "iLO")
	]
	count(others) > 3
	result := {
		"msg": sprintf("%s changes together with %d other components of its host", [resource.address, count(others)]),
		"address": resource.address,
	}
}

# What is removed from a BMC may be somebody's.
warn_removals contains result if {
	some resource in input.resource_changes
	"delete" in resource.change.actions
	result := {
		"msg": sprintf("%s is removed", [resource.address]),
		"address": resource.address,
	}
}

updates_firmware(resource) if {
	resource.type == "firmware_component"
	"update" in resource.change.actions
}
