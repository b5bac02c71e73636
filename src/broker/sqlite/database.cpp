#include "broker/sqlite/database.hpp"

#include <filesystem>

#include "core/error.hpp"

namespace docmill::sqlite {
namespace {

using Kind = SystemError::Kind;

std::string directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  return directory.empty() ? "." : directory.string();
}

SystemError explain(int code, const std::string& path, const std::string& detail) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Kind::unavailable, "the database " + path +
                                     " is locked by another process for too long: try again, or find the process "
                                     "with `fuser " +
                                     path + "`"};
    case SQLITE_FULL:
      return {Kind::misconfigured, "no space is left for the database " + path + ": free some in " +
                                       directory_of(path) + ", or choose another data directory"};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Kind::misconfigured, "the database " + path + " cannot be opened for writing (" + detail +
                                       "): see that " + directory_of(path) + " exists and that you may write there"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Kind::misconfigured, "the file " + path + " is damaged or is no database (" + detail +
                                       "): put a copy of it back, or move it away to start with an empty one"};
    case SQLITE_IOERR:
      return {Kind::unavailable, "reading or writing the database " + path + " failed (" + detail +
                                     "): see the disk of " + directory_of(path)};
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
      return {Kind::overloaded, "too much at once for the database " + path + " (" + detail + ")"};
    default:
      return {Kind::misconfigured, "the database " + path + " is not as docmill left it (" + detail +
                                       "): put a copy of it back, or move it away to start with an empty one"};
  }
}

// Called while another process holds the lock, for the `count`th time; 0: give up.
int wait_a_moment(void* busy_timeout_ms, int count) {
  if (count >= *static_cast<const int*>(busy_timeout_ms)) return 0;
  sqlite3_sleep(1);
  return 1;
}

}  // namespace

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->raise(code);
  return false;
}

void Query::check(int code) {
  if (code != SQLITE_OK) database_->raise(code);
}

Database::Database(const std::string& path, Millis busy_timeout) : path_(path) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) raise(code);
  // SQLite's own handler sleeps ever longer, and two busy processes would starve each other.
  busy_timeout_ms_ = static_cast<int>(busy_timeout.count());
  sqlite3_busy_handler(connection, &wait_a_moment, &busy_timeout_ms_);
}

void Database::execute(const char* script) {
  const int code = sqlite3_exec(connection_.get(), script, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(code);
}

std::int64_t Database::number(const char* sql) {
  std::int64_t value = 0;
  Query query(*this, prepare(sql));
  if (query.next()) query.read(value);
  return value;
}

sqlite3_stmt* Database::prepare(const char* sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) {
    DOCMILL_ASSERT(sqlite3_stmt_busy(found->second.get()) == 0);
    return found->second.get();
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) raise(code);
  statements_.emplace(sql, statement);
  return statement;
}

void Database::raise(int code) const {
  throw explain(code, path_, connection_ ? sqlite3_errmsg(connection_.get()) : sqlite3_errstr(code));
}

}  // namespace docmill::sqlite
