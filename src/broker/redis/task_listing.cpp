#include "broker/redis/task_listing.hpp"

#include "broker/redis/completions.hpp"
#include "broker/redis/names.hpp"

namespace docmill::redis {
namespace {

struct Stretch {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::vector<TaskInfo> infos;

  TaskInfo* find(std::uint64_t index) { return index < begin || index >= end ? nullptr : &infos[index - begin]; }
};

// Runs that came back wait, those that leases hold are leased.
void read_runs(Reader& reader, TaskState state, Stretch& stretch) {
  for (std::uint32_t runs = reader.u32(); runs > 0; --runs) {
    const std::uint64_t first = reader.u32();
    const std::uint64_t count = reader.u32();
    const auto deliveries = static_cast<int>(reader.u32());
    for (std::uint64_t index = first; index < first + count; ++index) {
      TaskInfo* info = stretch.find(index);
      if (info == nullptr) continue;
      info->state = state;
      info->deliveries = deliveries;
    }
  }
}

void read_rows(Reader& reader, Stretch& stretch) {
  TaskInfo beside;
  for (std::uint32_t rows = reader.u32(); rows > 0; --rows) {
    TaskInfo* found = stretch.find(reader.u32());
    TaskInfo& info = found == nullptr ? beside : *found;
    const auto number = [&] { return static_cast<int>(reader.u32()); };
    info.state = static_cast<TaskState>(reader.u8());
    info.attempts = number();
    info.deliveries = number();
    info.parts = number();
    info.parts_final = number();
    info.error = unpack_error(reader.text());
  }
}

// Cancelling leaves the rows as they were.
void see_as_cancelled(TaskInfo& info) {
  if (info.state != TaskState::done && info.state != TaskState::failed) info.state = TaskState::cancelled;
}

}  // namespace

TaskPage unpack_tasks(Reader reader, const std::vector<std::string_view>& name_chunks, std::optional<TaskState> state) {
  Stretch stretch;
  stretch.begin = reader.u64();
  stretch.end = reader.u64();
  const std::uint64_t cursor = reader.u64();
  const bool cancelled = reader.u8() != 0;
  const std::uint64_t number = reader.u64();
  stretch.infos.resize(stretch.end - stretch.begin);
  for (std::uint64_t index = stretch.begin; index < stretch.end; ++index) {
    TaskInfo& info = *stretch.find(index);
    info.index = index;
    info.state = index >= cursor ? TaskState::waiting : TaskState::done;
  }
  read_runs(reader, TaskState::waiting, stretch);
  read_runs(reader, TaskState::leased, stretch);
  read_rows(reader, stretch);
  const NameChunks names(reader, name_chunks);

  TaskPage page;
  page.next = stretch.end;
  for (TaskInfo& info : stretch.infos) {
    if (cancelled) see_as_cancelled(info);
    if (state && info.state != *state) continue;
    info.document = names.name(number, info.index);
    page.tasks.push_back(std::move(info));
  }
  return page;
}

}  // namespace docmill::redis
