// A job of n documents is one row of `jobs` with a cursor, and its names in chunks. A document has no row of its own
// unless it is an exception. Its state is found so, first line that fits:
//
//   index >= jobs.cursor                   waiting, never leased
//   a row in tasks (part 0)                what the row says
//   in a run of `runs`                     waiting again, after a lease that was lost or given back
//   held by a lease of a run               leased
//   otherwise                              done
//
// Cancelling leaves these rows as they are, so that what was done can still be told from what was not.
#include "broker/sqlite/schema.hpp"

#include <filesystem>
#include <string>

#include "core/error.hpp"
#include "runtime/clock.hpp"

namespace docmill::sqlite {
namespace {

constexpr std::int64_t application_id = 0x646f636d;  // "docm", for file(1) and for us

constexpr const char* schema = R"sql(
-- The one row that all jobs share.
CREATE TABLE queue (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  last_token INTEGER NOT NULL,    -- tokens are never given twice
  virtual_time INTEGER NOT NULL,  -- at which the last job was served
  jobs INTEGER NOT NULL,          -- sums over the jobs that are not removed
  waiting INTEGER NOT NULL, leased INTEGER NOT NULL, retrying INTEGER NOT NULL,
  done INTEGER NOT NULL, failed INTEGER NOT NULL, cancelled INTEGER NOT NULL,
  leases INTEGER NOT NULL,
  removed INTEGER NOT NULL        -- jobs that wait to be cleared away
);
INSERT INTO queue VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of creation
  id TEXT NOT NULL UNIQUE,
  idempotency_key TEXT UNIQUE,
  pipeline TEXT NOT NULL, priority INTEGER NOT NULL,
  sealed INTEGER NOT NULL, paused INTEGER NOT NULL, is_cancelled INTEGER NOT NULL, removed INTEGER NOT NULL,
  servable INTEGER NOT NULL,      -- has work to give now
  virtual_time INTEGER NOT NULL,
  documents INTEGER NOT NULL, cursor INTEGER NOT NULL,
  waiting INTEGER NOT NULL, leased INTEGER NOT NULL, retrying INTEGER NOT NULL,
  done INTEGER NOT NULL, failed INTEGER NOT NULL, cancelled INTEGER NOT NULL,
  partial INTEGER NOT NULL, pages INTEGER NOT NULL,
  created_at INTEGER NOT NULL, touched_at INTEGER NOT NULL, finished_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  singles INTEGER NOT NULL,       -- rows of tasks that wait
  runs INTEGER NOT NULL,          -- rows of runs
  leases INTEGER NOT NULL,        -- leases held now
  results INTEGER NOT NULL,       -- chunks of results so far
  needs TEXT NOT NULL DEFAULT '', -- words with blanks between them
  result_ttl INTEGER NOT NULL DEFAULT 0,
  hedges INTEGER NOT NULL DEFAULT 0 -- rows of hedges
);
CREATE INDEX turns ON jobs (needs, priority, virtual_time, number) WHERE servable = 1;
CREATE INDEX open_jobs ON jobs (touched_at) WHERE sealed = 0 AND is_cancelled = 0;
CREATE INDEX removed_jobs ON jobs (number) WHERE removed = 1;
CREATE INDEX kept_jobs ON jobs (finished_at + result_ttl, number)
  WHERE result_ttl > 0 AND finished_at > 0 AND removed = 0;

-- What never changes of a job.
CREATE TABLE specs (
  job INTEGER PRIMARY KEY,
  name TEXT NOT NULL, options TEXT NOT NULL,
  max_attempts INTEGER NOT NULL, max_deliveries INTEGER NOT NULL,
  backoff_base INTEGER NOT NULL, backoff_cap INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL, body_digest TEXT NOT NULL
);

-- Chunks of a job. key = job * 2^32 + index of the first name, or number of the chunk.
CREATE TABLE names (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE results (key INTEGER PRIMARY KEY, data BLOB NOT NULL);

-- Documents that came back untouched and wait again.
CREATE TABLE runs (
  job INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, deliveries INTEGER NOT NULL,
  PRIMARY KEY (job, first)
) WITHOUT ROWID;

CREATE TABLE leases (
  token INTEGER PRIMARY KEY,      -- in the order of granting; negative: found expired after its job was cancelled
  job INTEGER NOT NULL,
  single INTEGER NOT NULL,        -- 1: one row of tasks; 0: a run of whole documents
  first INTEGER NOT NULL, count INTEGER NOT NULL, part INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,    -- of each document of a run
  expires_at INTEGER,             -- NULL where token is negative
  lease_time INTEGER NOT NULL,
  finished BLOB NOT NULL,         -- of a run: one bit per document that it no longer holds
  node TEXT NOT NULL,
  granted_at INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX leases_by_job ON leases (job, single, first);
CREATE INDEX leases_by_expiry ON leases (expires_at, job, first, part) WHERE expires_at IS NOT NULL;

-- Tasks that were given a second time since they last waited, and their leases; 0: that one holds the task no more.
CREATE TABLE hedges (
  job INTEGER NOT NULL, document INTEGER NOT NULL, part INTEGER NOT NULL,
  first INTEGER NOT NULL, second INTEGER NOT NULL,
  PRIMARY KEY (job, document, part)
) WITHOUT ROWID;

-- The exceptions: documents and parts that are leased, wait, are tried again, or failed on their own.
CREATE TABLE tasks (
  job INTEGER NOT NULL, document INTEGER NOT NULL, part INTEGER NOT NULL,
  state INTEGER NOT NULL,         -- WorkState
  attempts INTEGER NOT NULL, deliveries INTEGER NOT NULL,
  due INTEGER,                    -- of one that is to be tried again; NULL: its job was cancelled
  error_code TEXT, error_message TEXT, error_page INTEGER,
  first_page INTEGER NOT NULL, last_page INTEGER NOT NULL,
  merging INTEGER NOT NULL,
  parts INTEGER NOT NULL, parts_waiting INTEGER NOT NULL, parts_leased INTEGER NOT NULL,
  parts_retrying INTEGER NOT NULL,
  PRIMARY KEY (job, document, part)
) WITHOUT ROWID;
CREATE INDEX waiting_tasks ON tasks (job, document, part) WHERE state = 0;
CREATE INDEX due_tasks ON tasks (due, job, document, part) WHERE state = 2 AND due IS NOT NULL;
CREATE INDEX failed_documents ON tasks (job, document) WHERE state = 4 AND part = 0;

CREATE TABLE part_results (
  job INTEGER NOT NULL, document INTEGER NOT NULL, part INTEGER NOT NULL, result BLOB NOT NULL,
  UNIQUE (job, document, part)
);

-- The last call of each client, with its answer.
CREATE TABLE clients (
  client TEXT PRIMARY KEY, sequence INTEGER NOT NULL, called_at INTEGER NOT NULL,
  kind INTEGER NOT NULL, answer BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX clients_by_call ON clients (called_at);

CREATE TABLE nodes (
  id TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, version TEXT NOT NULL,
  started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL,
  workers INTEGER NOT NULL, busy INTEGER NOT NULL, tasks_done INTEGER NOT NULL,
  offers BLOB NOT NULL DEFAULT x''  -- words, packed
) WITHOUT ROWID;
)sql";

// From format 1: columns that were added stand last, so that a file is the same whether it was made or brought up to
// date. Jobs of then have no needs: their node finds out.
constexpr const char* to_format_2 = R"sql(
ALTER TABLE jobs ADD COLUMN needs TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN result_ttl INTEGER NOT NULL DEFAULT 0;
CREATE INDEX kept_jobs ON jobs (finished_at + result_ttl, number)
  WHERE result_ttl > 0 AND finished_at > 0 AND removed = 0;
ALTER TABLE jobs ADD COLUMN hedges INTEGER NOT NULL DEFAULT 0;
ALTER TABLE leases ADD COLUMN granted_at INTEGER NOT NULL DEFAULT 0;
UPDATE leases SET token = -token WHERE expires_at IS NULL;
CREATE TABLE hedges (
  job INTEGER NOT NULL, document INTEGER NOT NULL, part INTEGER NOT NULL,
  first INTEGER NOT NULL, second INTEGER NOT NULL,
  PRIMARY KEY (job, document, part)
) WITHOUT ROWID;
DROP INDEX turns;
CREATE INDEX turns ON jobs (needs, priority, virtual_time, number) WHERE servable = 1;
ALTER TABLE nodes ADD COLUMN offers BLOB NOT NULL DEFAULT x'';
)sql";

[[noreturn]] void misconfigured(const std::string& message) {
  throw SystemError(SystemError::Kind::misconfigured, message);
}

enum class Content { nothing, older, ours };

// What is in the file. Throws when it is not for us.
Content look_into(Database& database) {
  const std::int64_t application = database.number("PRAGMA application_id");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (application == application_id) {
    if (version > schema_version) {
      misconfigured("the database " + database.path() + " was written by a newer docmill (format " +
                    std::to_string(version) + ", this one knows " + std::to_string(schema_version) +
                    "): use that docmill, or another data directory");
    }
    return version < schema_version ? Content::older : Content::ours;
  }
  if (application != 0 || version != 0 || database.number("SELECT count(*) FROM sqlite_schema") != 0) {
    misconfigured("the file " + database.path() +
                  " is the database of another program: choose another data directory, or move it away");
  }
  return Content::nothing;
}

void make_tables(Database& database) {
  database.execute("BEGIN IMMEDIATE");
  // Another process may have done it in the meantime.
  const Content content = look_into(database);
  if (content == Content::nothing) database.execute(schema);
  if (content == Content::older) database.execute(to_format_2);
  if (content != Content::ours) {
    database.execute(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    database.execute(("PRAGMA user_version = " + std::to_string(schema_version)).c_str());
  }
  database.execute("COMMIT");
}

// Options of jobs may be passwords. SQLite gives the files that it puts beside this one the same permissions.
void keep_from_others(const std::string& path) {
  std::error_code not_ours;
  std::filesystem::permissions(path, std::filesystem::perms::others_all, std::filesystem::perm_options::remove,
                               not_ours);
}

// Of two who open a new file at once SQLite refuses one immediately, without asking the busy handler: both read it, and
// each would wait for the other to let go.
void keep_a_log(Database& database, Millis patience) {
  const SystemClock clock;
  const auto end = clock.monotonic() + patience;
  while (true) {
    try {
      return database.execute("PRAGMA journal_mode = WAL");
    } catch (const SystemError& error) {
      if (error.kind() != SystemError::Kind::unavailable || clock.monotonic() >= end) throw;
    }
    sqlite3_sleep(1);
  }
}

}  // namespace

std::unique_ptr<Database> open_database(const SqliteOptions& options) {
  auto database = std::make_unique<Database>(options.path, options.busy_timeout);
  database->execute("BEGIN");  // another process may be making the tables: all of them are seen, or none
  const Content content = look_into(*database);
  database->execute("COMMIT");
  if (database->is_read_only()) database->raise(SQLITE_READONLY);

  if (content == Content::nothing) keep_from_others(options.path);
  keep_a_log(*database, options.busy_timeout);
  database->execute(options.durability == SqliteOptions::Durability::full ? "PRAGMA synchronous = FULL"
                                                                          : "PRAGMA synchronous = NORMAL");
  database->execute(
      "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
  if (content != Content::ours) make_tables(*database);
  return database;
}

}  // namespace docmill::sqlite
