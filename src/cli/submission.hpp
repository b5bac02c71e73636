// Puts a job with all its documents into a queue.
#pragma once

#include <string_view>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::cli {

// Creates the job, adds the names in chunks and seals it. A submission with an idempotency key that was interrupted is
// gone on with; one that was whole is left as it is (`existed`, `sealed`). What the names refer to outlives the call.
// Stop: refused; SystemError.
awaitable<CreatedJob> submit_job(Broker& broker, CreateJob create, std::vector<std::string_view> names);

// What a job is called when the user does not say: its first document, and how many more there are.
std::string job_name(std::string_view first_document, std::size_t documents);

}  // namespace docmill::cli
