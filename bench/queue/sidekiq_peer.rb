# Sidekiq's side of the comparison. usage: ruby sidekiq_peer.rb submit N | latency N     (REDIS_SOCKET)
#
# Its documented best: push_bulk by the thousand, a process per core. Sidekiq keeps no results; the job does, in one
# hash. Workers are started by `sidekiq -r ./sidekiq_peer.rb`.
require "json"
require "sidekiq"

REDIS = { path: ENV.fetch("REDIS_SOCKET"), driver: :hiredis }
Sidekiq.configure_client { |config| config.redis = REDIS }
Sidekiq.configure_server { |config| config.redis = REDIS.merge(size: 30) }
RESULT = "x" * 100

class Ocr
  include Sidekiq::Worker

  def perform(document, answer_to = nil)
    Sidekiq.redis do |redis|
      redis.hset("results", jid, RESULT)
      redis.lpush(answer_to, jid) if answer_to
    end
  end
end

def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
def document(i) = format("document-%08d.pdf", i)

def submit(count)
  start = now
  (0...count).each_slice(1000) { |slice| Sidekiq::Client.push_bulk("class" => Ocr, "args" => slice.map { |i| [document(i)] }) }
  puts JSON.generate(seconds: now - start)
end

def latency(count)
  times = Array.new(count) do |i|
    start = now
    Ocr.perform_async(document(i), "answers")
    Sidekiq.redis { |redis| redis.brpop("answers", timeout: 30) } or raise "no answer"
    1000 * (now - start)
  end
  puts JSON.generate(milliseconds: times)
end

if $PROGRAM_NAME == __FILE__
  { "submit" => method(:submit), "latency" => method(:latency) }.fetch(ARGV[0]).call(Integer(ARGV[1]))
end
