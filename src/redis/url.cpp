#include "redis/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

namespace docmill::redis {
namespace {

constexpr std::uint16_t server_port = 6379;
constexpr std::uint16_t sentinel_port = 26379;

struct Scheme {
  std::string_view name;
  Url::Transport transport;
  bool sentinels;
};
constexpr std::array schemes{
    Scheme{"redis", Url::Transport::tcp, false},          Scheme{"rediss", Url::Transport::tls, false},
    Scheme{"unix", Url::Transport::unix_socket, false},   Scheme{"redis+sentinel", Url::Transport::tcp, true},
    Scheme{"rediss+sentinel", Url::Transport::tls, true},
};

Error wrong(std::string message) { return fail(ErrorCode::invalid_option, std::move(message)); }

// What stands before and after the first `mark`; nothing after where there is none.
std::pair<std::string_view, std::optional<std::string_view>> split(std::string_view text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2 || value == 0) {
      return wrong("a % that is meant as such is written %25");
    }
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

Status read_credentials(std::string_view text, Credentials& credentials) {
  const auto [user, password] = split(text, ':');
  DOCMILL_TRY(decoded_user, decode(user));
  DOCMILL_TRY(decoded_password, decode(password.value_or("")));
  credentials = {std::move(decoded_user), std::move(decoded_password)};
  return {};
}

// "host", "host:port", "[v6]:port"
Result<Endpoint> read_endpoint(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos) return wrong("the [ of the address has no ]");
    host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') return wrong("after the ] of the address only :port may follow");
    if (!rest.empty()) port = rest.substr(1);
  } else {
    std::tie(host, port) = split(text, ':');
  }
  DOCMILL_TRY(decoded, decode(host));
  Endpoint endpoint{std::move(decoded), default_port};
  if (port) {
    const auto value = number<std::uint16_t>(*port);
    if (!value || *value == 0) {
      // What stands there may be a password whose special characters are not encoded: it is not quoted.
      return wrong("the port must be a number from 1 to 65535 (in users and passwords, / is written %2F and ? %3F)");
    }
    endpoint.port = *value;
  }
  if (endpoint.host.empty() && port) return wrong("the host before the port is missing");
  return endpoint;
}

Status read_database(std::string_view text, Url& url) {
  const auto value = number<int>(text);
  if (!value || *value < 0) return wrong("the database must be a number, such as /0 or ?db=0");
  url.database = *value;
  return {};
}

Result<bool> read_verify(std::string_view name, const std::string& value) {
  if (value == "yes" || value == "required") return true;
  if (value == "no" || value == "none") return false;
  return wrong(std::string(name) + " must be yes or no");
}

Status read_parameter(std::string_view name, const std::string& value, Url& url) {
  const std::array<std::pair<std::string_view, std::string*>, 7> files{{{"ca_file", &url.tls.ca_file},
                                                                        {"ssl_ca_certs", &url.tls.ca_file},
                                                                        {"cert_file", &url.tls.certificate_file},
                                                                        {"ssl_certfile", &url.tls.certificate_file},
                                                                        {"key_file", &url.tls.key_file},
                                                                        {"ssl_keyfile", &url.tls.key_file},
                                                                        {"server_name", &url.tls.server_name}}};
  const auto file = std::find_if(files.begin(), files.end(), [&](const auto& row) { return row.first == name; });
  const bool is_tls = file != files.end() || name == "verify" || name == "ssl_cert_reqs";
  if (is_tls && url.transport != Url::Transport::tls) {
    return wrong("the parameter " + std::string(name) + " needs TLS: rediss:// or rediss+sentinel://");
  }
  if (file != files.end()) {
    *file->second = value;
  } else if (is_tls) {
    DOCMILL_TRY(verify, read_verify(name, value));
    url.tls.verify = verify;
  } else if (name == "db") {
    return read_database(value, url);
  } else if (url.has_sentinels() && name == "sentinel_user") {
    url.sentinel_credentials.user = value;
  } else if (url.has_sentinels() && name == "sentinel_password") {
    url.sentinel_credentials.password = value;
  } else {
    return wrong("there is no parameter \"" + std::string(name) +
                 "\" here; known are db, with TLS ca_file, cert_file, key_file, server_name and verify, with Sentinel "
                 "sentinel_user and sentinel_password");
  }
  return {};
}

Status read_parameters(std::string_view text, Url& url) {
  std::set<std::string_view> seen;
  while (!text.empty()) {
    const auto [parameter, rest] = split(text, '&');
    const auto [name, value] = split(parameter, '=');
    if (!value) return wrong("the parameter \"" + std::string(name) + "\" has no value");
    if (!seen.insert(name).second) return wrong("the parameter " + std::string(name) + " is there twice");
    DOCMILL_TRY(decoded, decode(*value));
    DOCMILL_CHECK(read_parameter(name, decoded, url));
    text = rest.value_or("");
  }
  if (url.tls.certificate_file.empty() != url.tls.key_file.empty()) {
    return wrong("cert_file and key_file belong together");
  }
  return {};
}

// "host:port/db"
Status read_server(std::string_view address, std::string_view path, Url& url) {
  if (address.find(',') != address.npos) {
    return wrong("several hosts are for Sentinel: redis+sentinel://host:port,host:port/master");
  }
  DOCMILL_TRY(endpoint, read_endpoint(address, server_port));
  url.server = std::move(endpoint);
  if (url.server.host.empty()) url.server.host = "localhost";
  return path.empty() ? Status() : read_database(path, url);
}

// "host:port,host:port/master/db"
Status read_sentinels(std::string_view addresses, std::string_view path, Url& url) {
  for (std::optional<std::string_view> rest = addresses; rest;) {
    const auto [address, more] = split(*rest, ',');
    DOCMILL_TRY(endpoint, read_endpoint(address, sentinel_port));
    if (endpoint.host.empty()) return wrong("the host of a sentinel is missing");
    url.sentinels.push_back(std::move(endpoint));
    rest = more;
  }
  const auto [master, database] = split(path, '/');
  DOCMILL_TRY(decoded, decode(master));
  url.master = std::move(decoded);
  if (url.master.empty()) return wrong("the name of the master is missing: redis+sentinel://host:port/master");
  return database.value_or("").empty() ? Status() : read_database(*database, url);
}

Result<Url> parse(std::string_view text) {
  const std::size_t mark = text.find("://");
  const std::string_view name = text.substr(0, mark == text.npos ? 0 : mark);
  const auto scheme = std::find_if(schemes.begin(), schemes.end(), [&](const Scheme& row) { return row.name == name; });
  if (scheme == schemes.end()) {
    return wrong("it must begin with redis://, rediss://, unix://, redis+sentinel:// or rediss+sentinel://");
  }
  Url url;
  url.transport = scheme->transport;
  const auto [place, parameters] = split(text.substr(mark + 3), '?');
  if (parameters && parameters->find('@') != parameters->npos) {
    return wrong("in users and passwords, ? is written %3F; in parameters, @ is written %40");
  }
  const std::size_t slash = std::min(place.find('/'), place.size());
  std::string_view authority = place.substr(0, slash);
  const std::string_view path = place.substr(slash);
  const std::size_t at = authority.rfind('@');
  if (at != authority.npos) {
    DOCMILL_CHECK(read_credentials(authority.substr(0, at), url.credentials));
    authority.remove_prefix(at + 1);
  }
  if (url.transport == Url::Transport::unix_socket) {
    if (!authority.empty() || path.size() < 2)
      return wrong("the socket's path must be absolute: unix:///path/to/socket");
    DOCMILL_TRY(decoded, decode(path));
    url.socket_path = std::move(decoded);
  } else {
    const std::string_view inner = path.substr(path.empty() ? 0 : 1);
    DOCMILL_CHECK(scheme->sentinels ? read_sentinels(authority, inner, url) : read_server(authority, inner, url));
  }
  DOCMILL_CHECK(read_parameters(parameters.value_or(""), url));
  return url;
}

// A URL that could not be read, without anything in it that may be a password.
std::string redact(std::string_view text) {
  std::string shown;
  const std::size_t mark = text.find("://");
  if (mark != text.npos) {
    shown = text.substr(0, mark + 3);
    text.remove_prefix(mark + 3);
  }
  const auto [place, parameters] = split(text, '?');
  if (parameters && parameters->find('@') != parameters->npos) return shown + "***";  // who knows where a password ends
  const std::size_t at = place.rfind('@');
  std::string_view address = place;
  if (at != place.npos) {
    shown += "***@";
    address.remove_prefix(at + 1);
  }
  // Without an @, what follows a colon is a port, or a password that somebody forgot to end.
  const auto [host, rest] = split(address, ':');
  shown += host;
  if (rest) {
    const std::size_t slash = std::min(rest->find('/'), rest->size());
    shown += number<std::uint16_t>(rest->substr(0, slash)) || at != place.npos ? ":" + std::string(*rest) : ":***";
  }
  return parameters ? shown + "?…" : shown;
}

std::string user_part(const Url& url) {
  if (!url.credentials.given()) return "";
  return url.credentials.user.empty() ? "***@" : url.credentials.user + "@";
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Result<Url> parsed = parse(text);
  if (!parsed) return wrong("\"" + redact(text) + "\" is no Redis URL: " + parsed.error().message);
  return parsed;
}

std::string describe(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

std::string describe(const Url& url) {
  const auto scheme = std::find_if(schemes.begin(), schemes.end(), [&](const Scheme& row) {
    return row.transport == url.transport && row.sentinels == url.has_sentinels();
  });
  std::string text = std::string(scheme->name) + "://" + user_part(url);
  if (url.transport == Url::Transport::unix_socket) {
    text += url.socket_path;
    return url.database == 0 ? text : text + "?db=" + std::to_string(url.database);
  }
  if (url.has_sentinels()) {
    for (const Endpoint& sentinel : url.sentinels) {
      if (&sentinel != &url.sentinels.front()) text += ',';
      text += describe(sentinel);
    }
    text += '/' + url.master;
  } else {
    text += describe(url.server);
  }
  return url.database == 0 ? text : text + "/" + std::to_string(url.database);
}

}  // namespace docmill::redis
