// The end of a run: figures, and each document that failed or is partial with its reason.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "cli/inputs.hpp"
#include "cli/pdfa_summary.hpp"
#include "cli/progress.hpp"
#include "cli/resume.hpp"
#include "cli/text_summary.hpp"
#include "cli/validation_summary.hpp"
#include "cli/verdicts.hpp"

namespace docmill::cli {

struct RunSummary {
  std::string queue_flags;      // by which other commands find the job: " -o DIR"
  std::uint64_t documents = 0;  // all that were asked for
  std::uint64_t done = 0;       // of them, partial and earlier ones included
  std::uint64_t done_before = 0;
  std::uint64_t failed = 0;
  std::uint64_t partial = 0;
  std::uint64_t invalid_before = 0;  // of those done already
  std::uint64_t left = 0;            // not at their end: interrupted, cancelled
  bool cancelled = false;            // the job was, by somebody else
  std::uint64_t pages = 0;           // finished by this run
  std::uint64_t remembered = 0;      // page images that it need not recognise: the same were before
  double seconds = 0;
  std::string job;                              // empty: there was nothing to do
  std::vector<Verdict> troubles;                // failed and partial ones: the first of them
  std::vector<InputProblem> problems;           // what could not be looked at
  std::optional<TextSummary> texts;             // of this job, where its pipeline has such a stage
  std::optional<ValidationSummary> validation;  // likewise
  std::optional<PdfaSummary> pdfa;              // of this job, where it was asked for PDF/A

  int exit_status() const;
};

// Reads the documents that failed or are partial from the broker, as many as are shown.
awaitable<void> collect_troubles(Broker& broker, JobStatus job, RunSummary& summary);

void show_summary(const RunSummary& summary, ProgressStyle style);

}  // namespace docmill::cli
