// What RecordingBroker writes of requests and replies: the members of a line after "ask" or "answer" (history.hpp).
#pragma once

#include <boost/json/object.hpp>

#include "broker/broker.hpp"

namespace docmill::history {

boost::json::object line_of(const CreateJob& request);
boost::json::object line_of(const AddDocuments& request);
boost::json::object line_of(const Exchange& request);
boost::json::object line_of(const Renew& request);
boost::json::object line_of(const JobId& job);
boost::json::object line_of(const RequestId& id, const JobId& job);

boost::json::object line_of(const CreatedJob& reply);
boost::json::object line_of(const ExchangeReply& reply);
boost::json::object line_of(const RenewReply& reply);
boost::json::object line_of(const JobStatus& reply);
boost::json::object line_of(std::uint64_t number);  // retry_failed
boost::json::object line_of(bool nothing_left);     // remove
boost::json::object line_of(const Error& error);

// "done", "failed", "split", "released".
std::string_view to_string(Completion::Kind kind);
std::string_view to_string(TaskKind kind);

}  // namespace docmill::history
