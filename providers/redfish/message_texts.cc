// SPDX-License-Identifier: Apache-2.0
// Words for messages that come as bare ids. iLO sends no text; its registries say the same at more length.
#include <algorithm>
#include <array>
#include <utility>

#include "providers/redfish/messages.h"

namespace firmform::redfish {
namespace {

// Sorted by key.
constexpr auto kTexts = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"AccessDenied", "access is denied: %1"},
    {"AccessForbidden", "access is forbidden"},
    {"AccessUnauthorized", "the credentials are not accepted"},
    {"ActionNotSupported", "the BMC does not have the action %1"},
    {"ActionParameterMissing", "the action %1 needs the parameter %2"},
    {"ActionParameterNotSupported", "the parameter %1 is not supported by the action %2"},
    {"ActionParameterUnknown", "the action %1 does not know the parameter %2"},
    {"ChassisResetRequired", "the chassis must be power-cycled for the change to take effect"},
    {"ComponentUploadAlreadyInProgress", "another upload is running; retry when it is over"},
    {"ComponentUploadFailed", "the upload failed"},
    {"CouldNotEstablishConnection", "the BMC cannot connect to %1"},
    {"CreateLimitReachedForResource", "the BMC cannot hold more entries of this kind"},
    {"DailyUpdateLimitExceeded", "the limit of updates per day is reached"},
    {"DeviceIsBusy", "the device is busy; retry later"},
    {"DeviceResetRequired", "the device must be reset for the change to take effect"},
    {"DowngradeNotAllowed", "the BMC's downgrade policy forbids an older version"},
    {"DowngradePolicyAlreadySet", "the downgrade policy forbids downgrades for good and cannot be changed"},
    {"FWFlashSuccessTPMOverrideEnabled", "accepted; the TPM was overridden"},
    {"FWFlashSuccessTrustedModuleOverrideEnabled", "accepted; the trusted module was overridden"},
    {"FWFlashTPMOverrideFlagRequired", "a TPM is present, and the request does not say to override it"},
    {"FWFlashTrustedModuleOverrideFlagRequired",
     "a trusted module is present, and the request does not say to override it"},
    {"FirmwareFileLocked", "the firmware file is locked"},
    {"FirmwareFlashAlreadyInProgress", "a flash is running; retry when it is over"},
    {"FirmwareVersionNotSupported", "this version of the image is not supported"},
    {"GeneralError", "a general error has occurred"},
    {"InstallSetWriteError", "the install set could not be stored"},
    {"InsufficientPrivilege", "the account lacks a privilege that this needs"},
    {"InsufficientStorage", "the BMC has not enough room left"},
    {"InternalError", "the BMC met an internal error"},
    {"InvalidOperationForSystemState", "not possible in the server's present state: %1"},
    {"LicenseKeyRequired", "this needs a licence that the BMC does not have"},
    {"LicenseRequired", "this needs the licence %1"},
    {"MalformedJSON", "the BMC could not parse the request"},
    {"MinimumFirmwareVersionRequirementNotMet", "the version is below the lowest that the device accepts"},
    {"NandMountFailed", "the BMC's flash storage is not ready"},
    {"NoValidSession", "the session is unknown or has expired"},
    {"NonPLDMUpdateableTargetURI", "%1 cannot be updated in this way"},
    {"PropertyMissing", "the property %1 is missing"},
    {"PropertyNotWritable", "the property %1 cannot be written"},
    {"PropertyUnknown", "the property %1 is not known"},
    {"PropertyValueFormatError", "the value %1 of %2 has the wrong form"},
    {"PropertyValueIncompatible", "the value %1 of %2 does not go with %3"},
    {"PropertyValueNotInList", "the value %1 of %2 is not one of those allowed"},
    {"RecoveryInstallSetRequired", "there is no recovery install set"},
    {"ResetInProgress", "a reset is under way; retry later"},
    {"ResetRequired", "a reset is needed for the change to take effect"},
    {"ResourceAlreadyExists", "it exists already"},
    {"ResourceAtUriInUnknownFormat", "what lies at %1 has an unknown format"},
    {"ResourceBeingFlashed", "it is being flashed; retry later"},
    {"ResourceCannotBeDeleted", "it cannot be deleted"},
    {"ResourceInUse", "it is in use; retry later"},
    {"ResourceInUseWithDetail", "it is in use; retry later"},
    {"ResourceMissingAtURI", "there is nothing at %1"},
    {"ResourceNotReadyRetry", "it is not ready; retry in %1 seconds"},
    {"ResourceTemporarilyUnavailable", "it is not available now; retry later"},
    {"ServiceTemporarilyUnavailable", "the BMC is busy; retry in %1 seconds"},
    {"SessionLimitExceeded", "all sessions of the BMC are taken"},
    {"SimpleUpdateInvalidImageURI", "the image address %1 is not valid"},
    {"SimpleUpdateInvalidTargetsURI", "a target is not valid"},
    {"SourceDoesNotSupportProtocol", "the image server does not support the protocol"},
    {"StringValueTooLong", "the value %1 is too long"},
    {"Success", "success"},
    {"SystemPowerOffRequired", "the server must be off for this"},
    {"SystemResetRequired", "the server must restart for the change to take effect"},
    {"TargetsLimitExceeded", "too many targets at once"},
    {"UnauthorizedLoginAttempt", "the user name or password is wrong"},
    {"UnrecognizedRequestBody", "the BMC did not understand the request"},
    {"UpdateBadHeader", "the image has a bad header"},
    {"UpdateBadParameter", "the update was given a bad parameter"},
    {"UpdateCancelled", "the update was cancelled"},
    {"UpdateDependencyFailure", "the update depends on something that is missing"},
    {"UpdateFailed", "the update failed: %1"},
    {"UpdateFailedInPOST", "the update failed during POST"},
    {"UpdateInPOST", "the update cannot run while the server is in POST"},
    {"UpdateInterrupted", "the update was interrupted"},
    {"UpdateInvalidFile", "the file is not a usable image"},
    {"UpdateInvalidOS", "the update does not fit the operating system"},
    {"UpdateNotApplicable", "the update does not fit this system"},
    {"UpdateRepositoryUnavailable", "the BMC's repository is not available"},
    {"UpdateRepositoryUnavailableDueToBMCReset", "the repository is not available until the BMC has restarted"},
    {"UpdateSignatureValidationFailed", "the image's signature is not valid"},
    {"UpdateSimpleStatus", "%1 %2: %3 (%4 %)"},
    {"UpdateTaskQueueFull", "the installation queue is full; remove completed tasks"},
    {"UpdateTaskQueueWriteError", "the installation queue could not be stored"},
    {"UpdateTemporarilyUnavailable", "updates are not possible now; retry later"},
    {"UpdateWithPowerOff", "the update cannot run while the server is off"},
    {"UpdateWithPowerOn", "the update cannot run while the server is on"},
});

static_assert(std::ranges::is_sorted(kTexts, {}, &std::pair<std::string_view, std::string_view>::first));

}  // namespace

std::string_view known_text(std::string_view key) {
  const auto found = std::ranges::lower_bound(kTexts, key, {}, &std::pair<std::string_view, std::string_view>::first);
  return found != kTexts.end() && found->first == key ? found->second : std::string_view();
}

}  // namespace firmform::redfish
