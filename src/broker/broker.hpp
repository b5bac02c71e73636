// Broker: the durable store of jobs, leases and results. This header is the contract that every broker
// (SQLite, Redis, the reference model of the tests) keeps; tests/conformance checks it promise by promise.
//
// Threads: a Broker belongs to one event loop; its coroutines are awaited there. Requests are aggregates: give
// them a name before `co_await` (GCC 12 destroys a braced temporary in the operand twice).
// Failures: what one request did wrong is a Result; what the world did (no server, disk full) is a SystemError.
// Work per call is bounded by its batch plus a chunk (promise 10).
//
// The life of a task
//
//              lease                complete(ok)
//   waiting ----------> leased -------------------> done
//      ^                 | | |  complete(failed, retryable, attempts left): backoff with full jitter
//      |                 | | +----------------------------------> retrying --(due)--> waiting
//      |   expiry or     | |  complete(failed, permanent or attempts spent)
//      +-----------------+ +------------------------------------> failed --(retry_failed)--> waiting
//          released              complete(split): parts become tasks; when the last is final
//   any but done/failed --cancel--> cancelled               the document waits again, as its merge
//
// Rules, exact, because three implementations must agree:
//
//  * Counters count documents. A split document is `leased` while any of its parts is leased, else `waiting`
//    while any part waits, else `retrying`. When its last part is final (done or failed) the document waits as a
//    merge task with fresh attempts and deliveries (and no error), also where every part failed: the node that is given
//    that merge says so, and leaves the record of the failed document. Until then its own attempts, deliveries and
//    error stay as they were at the split. Parts are single tasks with attempts, deliveries and error of their own.
//  * Attempts: an execution that ends in `failed` spends one. attempt numbers in a lease start at 1. After
//    `max_attempts`, or at once when not retryable, the task is dead. A retryable failure waits
//    retry_delay(policy, …) (rules.hpp; the number of failures includes this one). `released` spends nothing. A
//    failure keeps the task's deliveries, an expiry its attempts.
//  * Deliveries: a lease that expires adds one delivery to each task that it still holds; a task with
//    `max_deliveries` deliveries is dead with ErrorCode::crashed and the message "lost with its node N times".
//  * cancel: waiting, leased and retrying become cancelled in the counters at once; later completions and
//    renewals of those leases are stale. Terminal: resume, retry_failed, seal and add_documents answer `conflict`.
//  * pause: no new lease for that job; what runs may be completed, and renew tells the node (RenewReply::paused). The
//    flag outlives everything but resume: a paused job that finishes and is retried is paused again.
//  * A lease token that is unknown, expired or superseded, or whose task has ended, is stale: it changes nothing, and
//    the reply says so. Expiry is strict: a lease is expired when now >= expires_at.
//  * Found in passing, by exchange, renew and status calls and by no other, before the call's own work (so a retry that
//    falls due at once waits for the next call), at most 256 of each kind a call, in this order:
//      1. expired leases, by expires_at, job creation, first task as it was leased, token
//      2. due retries, by time due, job creation, index, part
//      3. open jobs abandoned for a day, by when they were touched last, job creation: cancelled
//      4. ended jobs past their `result_ttl`, by finished_at + result_ttl, job creation: removed
//  * Capabilities: a word is 1 to 128 bytes from '!' to '~', so no blanks. JobSpec::needs are at most 32 words,
//  ascending
//    by their bytes, each once; Exchange::offers at most 1,000 words in any order. A node may serve a job when each of
//    the job's needs is among its offers, or when it offers nothing, which stands for everything. What words mean is
//    agreed between those who submit and the nodes (core/needs.hpp); NodeInfo::offers is only shown.
//  * Retention: a job with `result_ttl` > 0 that is finished or cancelled, with finished_at + result_ttl <= now, is
//  removed
//    as by remove() when it is found in passing. Until then everything works on it as ever; a retry by hand brings it
//    back to life (finished_at 0), and the time runs anew from its next end.
//  * Turns: jobs that can be served (running, sealed, something waiting, needs offered by the node) are served by
//    (virtual time, creation order), under `strict` by (priority descending, virtual time, creation order). Serving n
//    tasks adds n * (64 / weight). A job that becomes servable (was not a moment ago: seal, resume, retry, due retry,
//    return of a lease, split, merge; the node's offers do not matter here) takes max(own virtual time, queue's
//    virtual time), the latter being the virtual time at which the last job was served, before that serving was added.
//    One exchange serves job after job until `want` is filled or nothing is left. Changing the priority does not exist.
//  * Within a job: single tasks first (merges, parts, retries; by index, then part), then returned runs (by first
//    index), then fresh documents at the cursor.
//  * A lease holds either one run of whole documents (`first … first+count-1`, all fresh or all of one returned
//    run) or exactly one single task. A document of a run that fails or is split becomes a single task.
//    What remains of an expired run returns as runs: its contiguous remainders, one delivery more. Documents of a run
//    that are released return as runs too: the contiguous stretches of those released in one exchange, deliveries kept.
//    Runs are never joined again. A single task stays single.
//  * Hedging: where `want` is not filled by what waits and `hedge_after` > 0, the node is given tasks that another node
//    holds already. The leases of jobs that are not cancelled are looked at in the order in which they were granted,
//    256 at most. Used are those that have not expired, of another node (Exchange::node), granted at or before now -
//    hedge_after, of a running (not paused) job that this node may serve. The tasks that such a lease still holds are
//    given a second time, the last of them first (a node begins at the front: those at the end it may not have begun),
//    each in a lease of its own that counts as the first one does, as a run of one document or as a single task. But
//    not a task that was given a second time already since it last waited. This is no turn and moves no virtual time;
//    the task stays leased, its attempts and deliveries as they are.
//    While two leases hold a task, `done` and `split` by either end it, and the other lease holds it no more: its token
//    is stale for that task, and a lease that holds nothing is gone. `failed` of whatever kind, `released` and expiry
//    of one only take the task from that lease: accepted, nothing spent, no delivery, no error kept; so a second try
//    never makes anything worse. What has expired holds until that is found. Who is left holds the task as if there had
//    been one lease.
//  * A malformed request (limits above and below broken, times below 0, a result_ttl over 100 years of 365 days, no
//  lease
//    time, a split of a part or into fewer than 2 or more than 240 parts) is `invalid_option` as a whole and changes
//    nothing. A split of a merge is stale.
//  * Names: any bytes but NUL, at most 64 KiB. Duplicates are different documents.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/job.hpp"
#include "core/result.hpp"

namespace docmill {

using boost::asio::awaitable;

// Makes the repetition of a call harmless. A client numbers its mutating calls 1, 2, 3, … and sends the next only
// when the last was answered; the same number again gets the first answer again (errors too, malformed requests
// excepted), a smaller one, or the same for another kind of call, `conflict`. A repeated exchange gives again those
// leases of the first answer that still hold, with what they still hold; the others would be stale. An empty client: no
// record. The record of a client is forgotten an hour after its last call that was not a repetition.
struct RequestId {
  std::string client;
  std::uint64_t sequence = 0;
};

struct CreateJob {
  RequestId id;
  JobSpec spec;
};
struct CreatedJob {
  JobId job;
  bool existed = false;         // the idempotency key was seen before, with the same body
  std::uint64_t documents = 0;  // already added: go on from there
  bool sealed = false;
};

struct AddDocuments {
  JobId job;
  std::uint64_t first = 0;         // index of the first name; must be the number of documents added so far
  std::vector<std::string> names;  // at most 10,000 a call. Repeating what is there (all of it, unsealed) is harmless
};

struct LeasedTask {
  TaskRef ref;
  TaskKind kind = TaskKind::document;
  std::string document;                   // its name
  PageRange pages;                        // for a part
  int attempt = 1;                        // 1 + failures so far
  int deliveries = 0;                     // leases lost so far
  int part_count = 0;                     // for a part or merge: how many parts the document has
  std::vector<PageRange> part_ranges;     // for a merge: per part its pages, as they were given at the split
  std::vector<std::string> part_results;  // … the result record of a done part, or "" for …
  std::vector<Error> part_errors;         // … a failed one, whose error stands here at the same place
};

struct Lease {
  Token token;
  JobId job;
  std::shared_ptr<const JobSpec> spec;  // immutable, shared by leases of one job
  TimePoint expires_at{};
  std::vector<LeasedTask> tasks;  // ascending by index
};

struct Completion {
  enum class Kind { done, failed, split, released };
  Token token;
  TaskRef ref;
  Kind kind = Kind::done;
  Outcome outcome = Outcome::ok;  // done
  std::string result;             // done: the result record, JSON
  std::uint64_t pages = 0;        // done: pages finished, added to the job's count (not those of merges)
  Error error;                    // failed
  bool retryable = false;         // failed
  std::vector<PageRange> parts;   // split: at least 2, at most 240; only for kind document
};

// Commits what is finished and takes what is next, in one step.
struct Exchange {
  RequestId id;
  NodeId node;
  std::vector<Completion> completions;
  int want = 0;                     // tasks to lease, at most 1,000; 0 is fine
  std::vector<std::string> offers;  // what this node can do, in words; empty: everything
  Millis lease_time{30'000};
  Millis hedge_after{0};  // second leases for tasks that others have held for so long; 0: none
};
struct ExchangeReply {
  std::vector<std::size_t> stale;  // positions in `completions` that were refused
  std::vector<Lease> leases;
  bool more = false;  // work was left over for this node
};

struct Renew {
  NodeId node;
  std::vector<Token> tokens;
  Millis lease_time{30'000};
};
struct RenewReply {
  std::vector<Token> lost;    // stale: kill that work. Both in the order asked
  std::vector<Token> paused;  // renewed, but its job is paused: give the task back, or finish it
};

struct JobStatus {
  JobId id;
  JobSpec spec;
  JobState state = JobState::open;
  Counters counters;
  std::uint64_t partial = 0;  // documents of `done` with outcome partial
  std::uint64_t pages = 0;    // pages finished
  TimePoint created_at{};
  TimePoint finished_at{};    // 0 until finished or cancelled
  std::uint64_t version = 0;  // grows with every change of anything above
};

// One document. Of a done one, only index, name and state: it costs no row of its own.
struct TaskInfo {
  std::uint64_t index = 0;
  std::string document;
  TaskState state = TaskState::waiting;
  int attempts = 0;  // spent
  int deliveries = 0;
  int parts = 0;  // 0: not split
  int parts_final = 0;
  Error error;  // the last one, where there was one; code internal and no message: none
};
struct TaskPage {
  std::vector<TaskInfo> tasks;
  std::uint64_t next = 0;  // index to go on from; equal to the number of documents: the end
};

struct ResultRow {
  std::uint64_t index = 0;
  Outcome outcome = Outcome::ok;
  std::string result;
};
struct ResultPage {
  std::vector<ResultRow> rows;  // in order of commitment; within an exchange, in the order of its completions
  std::uint64_t next = 0;       // cursor to go on from
};

struct JobPage {
  std::vector<JobStatus> jobs;  // newest first
  std::string next;             // pass as `after`; empty: the end
};

struct NodeInfo {
  NodeId id;
  std::string host;
  int pid = 0;
  std::string version;
  TimePoint started_at{};
  TimePoint seen_at{};  // set by the broker
  int workers = 0;
  int busy = 0;
  std::uint64_t tasks_done = 0;
  std::vector<std::string> offers;  // as in its exchanges
};

struct BrokerStats {
  std::uint64_t jobs = 0;
  Counters documents;        // over all jobs
  std::uint64_t leases = 0;  // held now; those of cancelled jobs are not
};

class Broker {
 public:
  virtual ~Broker() = default;

  // -- Submission. A job starts when sealed. An unsealed one untouched for a day counts as abandoned: cancelled.
  // conflict: the idempotency key was used with another body.
  virtual awaitable<Result<CreatedJob>> create(CreateJob request) = 0;
  // conflict: `first` leaves a gap, the names overlap the end, or the job is sealed or cancelled. not_found: no such
  // job.
  virtual awaitable<Status> add_documents(AddDocuments request) = 0;
  // Sealing again is harmless. A job without documents is finished at once.
  virtual awaitable<Status> seal(JobId job) = 0;

  // -- Nodes.
  virtual awaitable<Result<ExchangeReply>> exchange(Exchange request) = 0;
  virtual awaitable<RenewReply> renew(Renew request) = 0;
  // Upserts; a node that did not register again for a minute (now >= seen_at + 60 s) is no longer listed.
  virtual awaitable<void> register_node(NodeInfo node) = 0;
  virtual awaitable<void> unregister_node(NodeId node) = 0;
  virtual awaitable<std::vector<NodeInfo>> nodes() = 0;

  // -- Users.
  virtual awaitable<Result<JobStatus>> status(JobId job) = 0;
  virtual awaitable<JobPage> jobs(std::string after, int limit) = 0;
  // Scans `limit` documents from index `first` and returns those in `state` (all, if none is named).
  virtual awaitable<Result<TaskPage>> tasks(JobId job, std::optional<TaskState> state, std::uint64_t first,
                                            int limit) = 0;
  // Results of done documents, at most about `limit` rows (whole stored chunks are never split across pages).
  virtual awaitable<Result<ResultPage>> results(JobId job, std::uint64_t cursor, int limit) = 0;
  virtual awaitable<Status> cancel(JobId job) = 0;  // conflict when finished; cancelling twice is harmless
  virtual awaitable<Status> pause(JobId job) = 0;   // conflict when finished or cancelled
  virtual awaitable<Status> resume(JobId job) = 0;  // conflict when cancelled; harmless when not paused
  // Gives up to `limit` failed documents (lowest index first) fresh attempts and deliveries; returns how many.
  // A failed split document starts over as a whole, the error is forgotten. It waits as a single task. Call until 0.
  virtual awaitable<Result<std::uint64_t>> retry_failed(RequestId id, JobId job, int limit) = 0;
  // Removes a finished or cancelled job (conflict otherwise; leases of a cancelled job are simply forgotten).
  // True when nothing is left of it, false to be called again (not_found then: others have cleared the rest away);
  // from the first call on nobody else sees it. The same for a job that was removed when its time had passed.
  // Any call of any client also removes some, so a remover that dies leaves nothing behind.
  virtual awaitable<Result<bool>> remove(JobId job) = 0;
  virtual awaitable<BrokerStats> stats() = 0;

  // -- Waiting. Both return early when in doubt; the caller looks again.
  // Until work may have arrived for a node, or `timeout`.
  virtual awaitable<void> wait_for_work(Millis timeout) = 0;
  // Until the job's version exceeds `version` (or the job is gone), or `timeout`.
  virtual awaitable<Result<JobStatus>> watch(JobId job, std::uint64_t version, Millis timeout) = 0;
};

}  // namespace docmill
