// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/task.h"

#include <catch2/catch.hpp>

#include "tests/support/golden.h"

namespace firmform::redfish {
namespace {

json::Value parsed(const std::string& text) {
  return *json::parse(text);
}

json::Value captured(const std::string& name) {
  return parsed(tests::read_text(std::filesystem::path(FIRMFORM_TESTS_DIR) / "mockups/tasks-bmclib" / name));
}

TaskPhase phase(const std::string& text) {
  return view_task(parsed(text)).phase;
}

Accepted accepted_with(int status, const std::string& body, const std::string& location = {}) {
  Reply reply{.status = status, .headers = {}, .body = body.empty() ? json::Value() : parsed(body)};
  if (!location.empty()) reply.headers.set("Location", location);
  return accepted(reply);
}

TEST_CASE("H20: captured tasks are read in every state") {
  CHECK(view_task(captured("tasks_1_completed.json")).phase == TaskPhase::succeeded);
  CHECK(view_task(captured("tasks_1_failed.json")).phase == TaskPhase::failed);
  CHECK(view_task(captured("tasks_1_pending.json")).phase == TaskPhase::active);
  CHECK(view_task(captured("tasks_1_running.json")).phase == TaskPhase::active);
  CHECK(view_task(captured("tasks_1_scheduled.json")).phase == TaskPhase::waiting);
  CHECK(view_task(captured("tasks_1_starting.json")).phase == TaskPhase::active);
  CHECK(view_task(captured("tasks_1_unknown.json")).phase == TaskPhase::active);
  CHECK(view_task(captured("tasks_2.json")).percent == 100);
}

TEST_CASE("H20: every state that BMCs send is read, and one that nobody knows is no failure") {
  using Phase = TaskPhase;
  const std::vector<std::pair<const char*, Phase>> corpus = {
      {"New", Phase::active},
      {"Starting", Phase::active},
      {"Running", Phase::active},
      {"Pending", Phase::active},
      {"Stopping", Phase::active},
      {"Cancelling", Phase::active},
      {"Interrupted", Phase::active},
      {"Service", Phase::active},
      {"Downloading", Phase::active},
      {"Downloaded", Phase::active},
      {"Updating", Phase::active},
      {"Verifying", Phase::active},
      {"Waiting", Phase::active},
      {"", Phase::active},
      {"Gremlin", Phase::active},
      {"Suspended", Phase::waiting},
      {"Scheduled", Phase::waiting},
      {"RebootPending", Phase::waiting},
      {"PendingActivation", Phase::waiting},
      {"UserIntervention", Phase::waiting},
      {"Completed", Phase::succeeded},
      {"Complete", Phase::succeeded},
      {"Exception", Phase::failed},
      {"Killed", Phase::failed},
      {"Cancelled", Phase::failed},
      {"Failed", Phase::failed},
      {"RebootFailed", Phase::failed},
      {"CompletedWithErrors", Phase::failed},
      {"Invalid", Phase::failed},
      {"Error", Phase::failed},
  };
  for (const auto& [state, wanted] : corpus) {
    INFO(state);
    CHECK(phase(std::string(R"({"TaskState":")") + state + "\"}") == wanted);
    CHECK(phase(std::string(R"({"JobState":")") + state + "\"}") == wanted);
  }
}

TEST_CASE("a task that completed is a success only when nothing critical was said") {
  CHECK(phase(R"({"TaskState":"Completed","TaskStatus":"OK"})") == TaskPhase::succeeded);
  CHECK(phase(R"({"TaskState":"Completed"})") == TaskPhase::succeeded);
  CHECK(phase(R"({"TaskState":"Completed","TaskStatus":"Warning"})") == TaskPhase::succeeded);
  CHECK(phase(R"({"TaskState":"Completed","TaskStatus":"Critical"})") == TaskPhase::failed);
  CHECK(phase(R"({"TaskState":"Completed","TaskStatus":"OK","Messages":[
    {"MessageId":"Update.1.1.NoTargetsDetermined","MessageArgs":["x.bin"],"Severity":"OK"}]})") == TaskPhase::failed);
  CHECK(phase(R"({"TaskState":"Completed","Messages":[
    {"MessageId":"Update.1.0.ApplyFailed","MessageArgs":["a","b"],"Severity":"Critical"}]})") == TaskPhase::failed);
}

TEST_CASE("final states that are no success are failures") {
  for (const char* state : {"Exception", "Killed", "Cancelled", "Failed", "CompletedWithErrors"}) {
    INFO(state);
    CHECK(phase(std::string(R"({"TaskState":")") + state + "\"}") == TaskPhase::failed);
  }
}

TEST_CASE("a task that is held back for a restart waits") {
  CHECK(phase(R"({"TaskState":"Suspended"})") == TaskPhase::waiting);
  CHECK(phase(R"({"TaskState":"Pending","@Redfish.OperationApplyTime":"OnReset"})") == TaskPhase::waiting);
  CHECK(
      phase(R"({"TaskState":"Stopping","Messages":[{"MessageId":"TaskEvent.1.0.TaskPaused","MessageArgs":["1"]}]})") ==
      TaskPhase::waiting);
  CHECK(phase(R"({"TaskState":"Stopping"})") == TaskPhase::active);
  CHECK(phase(R"({"TaskState":"Interrupted"})") == TaskPhase::active);
}

TEST_CASE("Dell's job state decides over the task's") {
  CHECK(phase(R"({"TaskState":"Running","Oem":{"Dell":{"JobState":"Scheduled"}}})") == TaskPhase::waiting);
  CHECK(phase(R"({"TaskState":"Completed","Oem":{"Dell":{"JobState":"CompletedWithErrors"}}})") == TaskPhase::failed);
  CHECK(phase(R"({"TaskState":"New","Oem":{"Dell":{"JobState":"Downloading"}}})") == TaskPhase::active);
  CHECK(view_task(parsed(R"({"TaskState":"Running","Oem":{"Dell":{"JobState":"Running","PercentComplete":37}}})"))
            .percent == 37);
}

TEST_CASE("a job that took over is named, with what was said last") {
  const TaskView view = view_task(parsed(R"({"TaskState":"Completed","TaskStatus":"OK","Messages":[
    {"MessageId":"Update.1.0.OperationTransitionedToJob","MessageArgs":["/redfish/v1/JobService/Jobs/7"],"Message":"See job 7."}]})"));
  CHECK(view.job_uri == "/redfish/v1/JobService/Jobs/7");
  CHECK(view.text == "Completed: See job 7.");
  CHECK(phase(R"({"JobState":"Exception"})") == TaskPhase::failed);
}

TEST_CASE("the task of an accepted request is found wherever the reply hides it") {
  const std::string task = "/redfish/v1/TaskService/Tasks/22";
  CHECK(accepted_with(202, R"({"@odata.type":"#Task.v1_3_0.Task","@odata.id":")" + task + R"(","TaskState":"New"})",
                      "/redfish/v1/TaskService/TaskMonitors/9")
            .task_uri == task);
  CHECK(accepted_with(202, "", "https://bmc.example" + task).task_uri == task);
  CHECK(accepted_with(202, "", "/redfish/v1/TaskService/TaskMonitors/22").task_uri == task);
  CHECK(accepted_with(202, "", task + "/Monitor").task_uri == task);
  CHECK(accepted_with(202, R"({"TaskMonitor":"/redfish/v1/TaskService/TaskMonitors/22"})").task_uri == task);
  CHECK(accepted_with(202, R"({"@odata.id":")" + task + "\"}").task_uri == task);
  CHECK(accepted_with(200, R"({"Accepted":{"code":"Base.v1_10_3.Accepted","@Message.ExtendedInfo":[
    {"MessageId":"SMC.1.0.OemSimpleupdateAcceptedMessage","MessageArgs":[")" +
                               task + R"("]}]}})")
            .task_uri == task);
}

TEST_CASE("a reply without a task is accepted without one") {
  CHECK(accepted_with(204, "").task_uri.empty());
  CHECK(accepted_with(204, "").message == "HTTP 204");
  const Accepted plain =
      accepted_with(200, R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"Base.1.18.Success"}]}})");
  CHECK(plain.task_uri.empty());
  CHECK_FALSE(plain.message.empty());
}

}  // namespace
}  // namespace firmform::redfish
