// One connection to a SQLite file, with its statements kept prepared. Knows nothing of docmill's tables.
//
// Threads: used by one thread at a time. Every failure is a SystemError whose sentence says what, where and what to do.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "core/job.hpp"

namespace docmill::sqlite {

// Bytes that are stored as they are, where a string is stored as text.
struct Blob {
  std::string_view bytes;
};

class Database;

// One use of a prepared statement, which goes back to its shelf at the end. Rows are read in order; what a column
// gives as a view is good until the next row.
class Query {
 public:
  // Binds `values` in order; they must outlive the query.
  template <class... T>
  Query(Database& database, sqlite3_stmt* statement, const T&... values) : database_(&database), statement_(statement) {
    int position = 0;
    (check(bind_value(++position, values)), ...);
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // Goes to the next row; false: there is none.
  bool next();
  // The columns of the row, in order. A NULL reads as 0 or empty.
  template <class... T>
  void read(T&... columns) const {
    int position = 0;
    (read_column(position++, columns), ...);
  }
  bool is_null(int position) const { return sqlite3_column_type(statement_, position) == SQLITE_NULL; }

 private:
  template <class T>
  void read_column(int position, T& value) const {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      value = static_cast<T>(sqlite3_column_int64(statement_, position));
    } else if constexpr (std::is_same_v<T, Millis>) {
      value = Millis{sqlite3_column_int64(statement_, position)};
    } else {
      const void* bytes = sqlite3_column_blob(statement_, position);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, position));
      value = bytes == nullptr ? T() : T(static_cast<const char*>(bytes), size);
    }
  }

  template <class T>
  int bind_value(int position, const T& value) {
    if constexpr (std::is_same_v<T, std::nullptr_t>) {
      return sqlite3_bind_null(statement_, position);
    } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      return sqlite3_bind_int64(statement_, position, static_cast<sqlite3_int64>(value));
    } else if constexpr (std::is_same_v<T, Millis>) {
      return sqlite3_bind_int64(statement_, position, value.count());
    } else if constexpr (std::is_same_v<T, Blob>) {
      return sqlite3_bind_blob64(statement_, position, non_null(value.bytes), value.bytes.size(), SQLITE_STATIC);
    } else {
      const std::string_view text = value;
      return sqlite3_bind_text64(statement_, position, non_null(text), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
  }

  // A null pointer would be stored as NULL.
  static const char* non_null(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }
  void check(int code);

  Database* database_;
  sqlite3_stmt* statement_;
};

class Database {
 public:
  // Opens or creates the file. `busy_timeout`: how long a call waits for another process that holds the lock.
  Database(const std::string& path, Millis busy_timeout);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs statements that give no rows and take no values: the schema, pragmas.
  void execute(const char* script);

  // A query whose values are bound; they must outlive it. `sql` is a literal: its address is the key to the statement.
  template <class... T>
  Query query(const char* sql, const T&... values) {
    return Query(*this, prepare(sql), values...);
  }
  // Runs a statement to its end; returns the number of rows that it inserted, changed or deleted.
  template <class... T>
  std::uint64_t run(const char* sql, const T&... values) {
    Query query(*this, prepare(sql), values...);
    while (query.next()) {
    }
    return static_cast<std::uint64_t>(sqlite3_changes64(connection_.get()));
  }
  // The first column of the first row; 0 where there is no row.
  std::int64_t number(const char* sql);

  bool in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }
  bool is_read_only() const { return sqlite3_db_readonly(connection_.get(), "main") == 1; }
  const std::string& path() const { return path_; }

  // Throws what `code`, a result code of SQLite, means to the caller.
  [[noreturn]] void raise(int code) const;

 private:
  struct CloseConnection {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  struct CloseStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  sqlite3_stmt* prepare(const char* sql);

  const std::string path_;
  int busy_timeout_ms_ = 0;  // SQLite keeps its address
  std::unique_ptr<sqlite3, CloseConnection> connection_;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, CloseStatement>> statements_;
};

}  // namespace docmill::sqlite
