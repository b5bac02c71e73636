// The answer to an exchange, unpacked: leases with names and specs.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/broker.hpp"
#include "broker/redis/wire.hpp"

namespace docmill::redis {

// The specs of the jobs that were leased from last. Immutable: an exchange under way keeps the one that it told the
// server of, whatever others learn meanwhile.
class KnownSpecs {
 public:
  // As the functions look for them: "\0id\0id\0"; empty when there are none.
  const std::string& ids() const { return ids_; }
  std::shared_ptr<const JobSpec> find(const JobId& job) const;
  // These and one more, without the oldest where they would be too many.
  std::shared_ptr<const KnownSpecs> with(JobId job, std::shared_ptr<const JobSpec> spec) const;

 private:
  std::vector<std::pair<JobId, std::shared_ptr<const JobSpec>>> specs_;
  std::string ids_;
};

// `known`: what the server was told of. Specs that come with the answer are added to `learned`.
ExchangeReply unpack_exchange(Reader reader, const std::vector<std::string_view>& name_chunks, const KnownSpecs& known,
                              std::shared_ptr<const KnownSpecs>& learned);

}  // namespace docmill::redis
