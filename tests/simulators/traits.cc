// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/traits.h"

#include <algorithm>
#include <array>

namespace firmform::simulators {
namespace {

using std::chrono::minutes;

constexpr ItemMatch kSystemBmc{"Description", "SystemBMC"};
constexpr ItemMatch kSystemRom{"Description", "SystemRomActive"};

constexpr ItemMatch item_of(std::string_view description) {
  return {"Description", description};
}

constexpr std::string_view kCpldName = "System Programmable Logic Device";
constexpr std::string_view kSpsName = "Server Platform Services (SPS) Firmware";

constexpr std::array kIlo5Others{
    ComponentTraits{item_of("SystemProgrammableLogicDevice"), "DL360Gen10Plus-CPLD", "0x16",
                    "CPLD_DL360_DL380_Gen10Plus_v", "_signed.vme", "", Seconds(40), "cpld", kCpldName,
                    Activation::hard_power_cycle},
    ComponentTraits{item_of("SPSFirmwareVersionData"), "SPSGen10Plus", "4.4.4.702", "SPSGen10Plus_", ".signed.bin", "",
                    Seconds(60), "sps", kSpsName, Activation::host_reboot, true},
    ComponentTraits{item_of("InnovationEngineFirmware"), "IEGen10Plus", "1.0.0.23", "IEGen10Plus_", ".signed.bin", "",
                    Seconds(60), "ie", "Innovation Engine (IE) Universal Image", Activation::immediately, true}};

constexpr std::array kIlo6Others{
    ComponentTraits{item_of("SystemProgrammableLogicDevice"), "DL380aGen11-CPLD", "0x17", "CPLD_Rummy_Gen11_v",
                    "_signed.vme", "", Seconds(40), "cpld", kCpldName, Activation::hard_power_cycle},
    ComponentTraits{item_of("SPSFirmwareVersionData"), "SPSGen11", "6.1.4.89.0", "SPSGen11_", ".signed.bin", "",
                    Seconds(60), "sps", kSpsName, Activation::host_reboot, true}};

constexpr std::array kIlo7Others{
    ComponentTraits{item_of("SystemProgrammableLogicDevice"), "DL380aGen12-CPLD", "0x11", "DL380A_MAIN_Gen12_v",
                    "_LMS_signed.vme", "", Seconds(40), "cpld", kCpldName, Activation::hard_power_cycle},
    ComponentTraits{item_of("PlatformDefinitionTable"), "Gen12PDT", "2.4.0 Build 3", "PDT_Gen12_", ".signed.bin", "",
                    Seconds(60), "pdt", "Intelligent Platform Abstraction Data", Activation::host_reboot, true},
    ComponentTraits{item_of("SecondarySystemProgrammableLogicDevice"), "Gen12-SUB-CPLD", "0x11",
                    "DL580_380A_SUB_Gen12_v", "_LMS_signed.vme", "", Seconds(40), "cpld2",
                    "Secondary System Programmable Logic Device", Activation::hard_power_cycle},
    ComponentTraits{item_of("DCSCMProgrammableLogicDevice"), "Gen12-SCM-CPLD", "0x0A", "sanjac_scm_top_v",
                    "_signed.vme", "", Seconds(40), "cpld-scm", "DC-SCM Programmable Logic Device",
                    Activation::hard_power_cycle}};

constexpr ModelTraits kIlo5{
    .name = "ilo5",
    .tree = "hpe-dl360-gen10plus-ilo5",
    .hpe = true,
    .base_registry = "Base.1.18",
    .bmc = {kSystemBmc, "ilo5", "3.12 Sep 15 2025", "ilo5_", ".bin", "", Seconds(125)},
    .bios = {kSystemRom, "U46", "U46 v2.36 (07/10/2025)", "", ".signed.flash", "", Seconds(95)},
    .others = kIlo5Others,
    .outage = Seconds(58),
    .boot = {Seconds(30), Seconds(150), Seconds(200), Seconds(260)},
    .session_limit = 12,
};

constexpr ModelTraits ilo5_old() {
  ModelTraits traits = kIlo5;
  traits.name = "ilo5-old";
  traits.base_registry = "Base.1.4";
  traits.bmc.next = "2.19 Jul 17 2020";
  return traits;
}

constexpr ModelTraits kIlo6{
    .name = "ilo6",
    .tree = "hpe-dl380a-gen11-ilo6",
    .hpe = true,
    .base_registry = "Base.1.18",
    .bmc = {kSystemBmc, "ilo6", "1.68 Apr 22 2025", "ilo6_", ".bin", "", Seconds(195)},
    .bios = {kSystemRom, "U58", "U58 v2.54 (07/10/2025)", "", ".signed.flash", "", Seconds(155)},
    .others = kIlo6Others,
    .outage = Seconds(75),
    .boot = {Seconds(25), Seconds(100), Seconds(150), Seconds(300)},
    .session_limit = 12,
};

constexpr ModelTraits kIlo7{
    .name = "ilo7",
    .tree = "hpe-dl380a-gen12-ilo7",
    .hpe = true,
    .base_registry = "Base.1.18",
    .bmc = {kSystemBmc, "ilo7", "1.14.00 May 28 2025", "ilo7_", ".bin", "", Seconds(302)},
    .bios = {kSystemRom, "U72", "U72 v1.40 (05/22/2025)", "", ".signed.flash", "", Seconds(205)},
    .others = kIlo7Others,
    .transfer = Seconds(20),
    .verify = Seconds(30),
    .outage = Seconds(90),
    .boot = {Seconds(40), Seconds(190), Seconds(300), Seconds(340)},
    .session_limit = 12,
};

constexpr ModelTraits kIdrac9{
    .name = "idrac9",
    .tree = "dell-r750-idrac9",
    .base_registry = "Base.1.12",
    .bmc = {{"Id", "Installed-*__iDRAC.Embedded.*"},
            "idrac9",
            "6.10.80.00",
            "iDRAC-with-Lifecycle-Controller_Firmware_WN64_",
            ".EXE",
            "",
            Seconds(420)},
    .bios = {{"Id", "Installed-*__BIOS.Setup.*"}, "R750", "1.14.1", "BIOS_R750_WN64_", ".EXE", "", Seconds(240)},
    .log = "/redfish/v1/Managers/iDRAC.Embedded.1/LogServices/Sel",
    .transfer = Seconds(30),
    .verify = Seconds(20),
    .reset_delay = Seconds(10),
    .outage = Seconds(240),
    .boot = {Seconds(60), Seconds(150), Seconds(210), Seconds(270)},
    .session_limit = 8,
    .update = {.pull = true,
               .multipart_uri = "/redfish/v1/UpdateService/MultipartUpload",
               .oem_parameter = true,
               .file_suffixes = ".exe,.d9,.d10,.pm,.bin",
               .immediate_restarts_host = true,
               .location_is_task = true,
               .body_with_202 = false,
               .tasks_survive_restart = true,
               .task_purged_after = minutes(10),
               .ids = IdStyle::dell},
};

constexpr ModelTraits kXcc{
    .name = "xcc",
    .tree = "lenovo-sr670v2-xcc",
    .base_registry = "Base.1.12",
    .bmc = {{"Id", "BMC-Primary"},
            "TGBT",
            "46A-3.00",
            "lnvgy_fw_xcc_",
            "_anyos_noarch.uxz",
            "BMC-Primary-Pending",
            Seconds(240)},
    .bios = {{"Id", "UEFI"}, "U8E1", "24C-1.60", "lnvgy_fw_uefi_", "_anyos_32-64.uxz", "UEFI-Pending", Seconds(120)},
    .log = "/redfish/v1/Systems/1/LogServices/StandardLog",
    .transfer = Seconds(20),
    .verify = Seconds(20),
    .outage = Seconds(150),
    .boot = {Seconds(60), Seconds(160), Seconds(240), Seconds(260)},
    .session_limit = 16,
    .session_timeout = Seconds(300),
    .update = {.pull = true,
               .multipart_uri = "/mfwupdate",
               .raw_uri = "/fwupdate",
               .force_parameter = true,
               .oem_parameter = true,
               .only_target = "BMC-Backup",
               .max_targets = 1,
               .skips_same_or_lower = true,
               .bmc_activation = BmcActivation::manager_reset,
               .monitor_end = MonitorEnd::deletes_task,
               .spelling = Spelling::lenovo},
};

constexpr ModelTraits kOpenBmc{
    .name = "openbmc",
    .tree = "openbmc-2.15",
    .base_registry = "Base.1.16.0",
    .bmc = {{"Description", "BMC image"},
            "openbmc",
            "2.16.0-dev-101-g2fd1a3c5b7",
            "obmc-phosphor-image-",
            ".static.mtd.tar",
            "",
            Seconds(60)},
    .bios = {{}, "", "", "", "", "", Seconds(0)},
    .log = "/redfish/v1/Systems/system/LogServices/EventLog",
    .transfer = Seconds(2),
    .verify = Seconds(5),
    .outage = Seconds(80),
    .boot = {Seconds(20), Seconds(60), Seconds(90), Seconds(95)},
    .session_limit = 64,
    .update = {.multipart_uri = "/redfish/v1/UpdateService/update",
               .raw_uri = "/redfish/v1/UpdateService/update",
               .max_targets = 1,
               .apply_time_in_service = true,
               .push_defaults_to_reset = true,
               .bad_image_refused_at_once = true,
               .monitor_end = MonitorEnd::once,
               .retry_after = Seconds(30),
               .ids = IdStyle::image_hash},
};

constexpr ModelTraits kRedfish{
    .name = "redfish",
    .tree = "dmtf-public-rackmount1",
    .base_registry = "Base.1.22.1",
    .bmc = {{"Id", "BMC"}, "contoso-bmc", "1.46.512c02-rev1", "contoso-bmc-", ".bin", "", Seconds(120)},
    .bios = {{"Id", "BIOS"}, "P79", "P79 v1.50", "contoso-bios-", ".bin", "", Seconds(90)},
    .log = "/redfish/v1/Systems/437XR1138R2/LogServices/SEL",
    .boot = {Seconds(30), Seconds(120), Seconds(160), Seconds(165)},
    .session_timeout = Seconds(30),
    .update = {.pull = true,
               .multipart_uri = "/redfish/v1/UpdateService/upload",
               .raw_uri = "/FWUpdate",
               .force_parameter = true,
               .oem_parameter = true,
               .apply_time_in_service = true,
               .retry_after = Seconds(5),
               .spelling = Spelling::with_date},
};

constexpr std::array kTraits{kIlo5, ilo5_old(), kIlo6, kIlo7, kIdrac9, kXcc, kOpenBmc, kRedfish};

}  // namespace

std::span<const ModelTraits> all_traits() {
  return kTraits;
}

const ModelTraits* find_traits(std::string_view model) {
  const auto* found = std::ranges::find(kTraits, model, &ModelTraits::name);
  return found == kTraits.end() ? nullptr : found;
}

}  // namespace firmform::simulators
