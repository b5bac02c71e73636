// Stage: what a kind of work must offer to stand in a pipeline. A stage has two halves:
//
//   PageWorker   works on one page after the other and leaves what it finds in the page's result
//   PageWriter   is handed the results in ascending order, and makes outputs and record of them
//
// and a pipeline runs them so:
//
//   document (short)    workers and writers, page by page
//   part                workers; the results go to a file, which no user sees
//   merge               writers; the results come from the parts' files
//
// So whatever a writer needs must stand in PageResult, and a stage that keeps to that is split and merged without
// knowing it. A stage that works per document (nlp) gathers in its writer, and works in finish(). Stages do not know
// each other: they meet in PageWork and PageResult.
//
// Not thread-safe: one worker process runs one task. Nothing here throws but std::bad_alloc.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "processors/page_work.hpp"
#include "processors/processor.hpp"

namespace docmill {

// What a stage is opened with; all of it outlives the stage.
struct StageSetup {
  const TaskInput& input;
  const boost::json::object& options;  // of all stages of the pipeline, checked, defaults filled in
  Document& document;
  TaskContext& context;
  const std::vector<std::string>& pipeline;  // the names of its stages, in order
};

// What a stage is given of a document that cannot be opened.
struct UnopenedSetup {
  const TaskInput& input;
  const boost::json::object& options;
  TaskContext& context;
};

class PageWorker {
 public:
  virtual ~PageWorker() = default;
  // An error fails this page, and later stages do not see it; the other pages go on.
  virtual Status work(PageWork& page) = 0;
};

// Members of the result record beside the manifest.
class RecordMembers {
 public:
  // `json`: the value, as JSON text. The node's own members (schema, document, outcome, …) cannot be set.
  virtual void add(std::string_view name, std::string_view json) = 0;

 protected:
  ~RecordMembers() = default;
};

class PageWriter {
 public:
  virtual ~PageWriter() = default;
  // Pages come in ascending order, failed ones too. An error is one of the outputs, and fails the task.
  virtual Status page(const PageResult& page) = 0;
  // After the last page; not called where no page could be done. Nothing may be called afterwards.
  virtual Status finish(RecordMembers& record) = 0;
};

struct Stage {
  std::string_view name;
  // Has its result as text on the pages. In a pipeline where no stage has, those with `wants_text` get what stands in
  // the text layer.
  bool makes_text = false;
  bool wants_text = false;
  // Options of other stages can ask for this one where the pipeline does not name it (`ocr` with --deskew): then it
  // goes before all others. Null: it stands only where it is named.
  bool (*is_asked_for)(const boost::json::object& options) = nullptr;
  // False: with these options no page costs anything, and the document need not be split. Null: pages do.
  bool (*works_on_pages)(const boost::json::object& options) = nullptr;
  // Null: the stage has no such half. An error fails the task before its first page. Artifacts are asked for when the
  // writer is opened, so that work whose outputs cannot be put in place is not done in vain.
  Result<std::unique_ptr<PageWorker>> (*open_worker)(const StageSetup&) = nullptr;
  Result<std::unique_ptr<PageWriter>> (*open_writer)(const StageSetup&) = nullptr;
  // Makes outputs and record of a document that cannot be opened because of `error`. Where all stages of a pipeline do,
  // that is its result, and pages that failed fail no document (but with `strict`); else it is a failure.
  Status (*judge_unopened)(const UnopenedSetup& setup, const Error& error, RecordMembers& record) = nullptr;
  // Loads what tasks with these options need into this process, to be shared by its forks. Null: nothing.
  Status (*warm_up)(const boost::json::object& options) = nullptr;
};

}  // namespace docmill
