-- docmill's functions: the calls of broker.hpp on one namespace, each an atomic step. This library is put together from
-- the files of this directory in order, behind a line that sets VERSION; docs/design/redis-store.md explains it.
--
-- Every call gets all keys of its namespace, in the order of KEY_NAMES, and reads and writes no others:
--
--   queue     string  what all jobs share: the row Q below
--   jobs      hash    job number -> row (JOB_FIELDS)                 specs   hash  job number -> JobSpec, opaque here
--   ids       zset    job id, by number: the jobs that users see     removed zset  the same: those to be cleared away
--   keys      hash    idempotency key -> job number                  open    zset  number, by last touch: unsealed ones
--   turns     lex     needs \0 priority vtime number: jobs that can be served
--   kept      zset    number, by the time when it is to be removed: ended jobs with a result_ttl
--   names     hash    number chunk -> 128 names, packed by the client
--   results   hash    number chunk -> of the job's log of results; number piece -> what is too little for a unit yet
--   leases    hash    token -> row                                   expiry  zset  number single first token, by expiry
--   held      lex     the same members, for the leases of one job
--   granted   zset    token, by the time when it was granted
--   hedges    lex     number index part token token: tasks that were given a second time since they last waited, and
--                     the two leases; 0: that one holds the task no more
--   runs      lex     number first count deliveries: neighbouring documents that came back untouched
--   tasks     hash    number index part -> row of an exception       due     zset  number index part, by time: retries
--   rows      lex     number code index part: the same rows, by what is looked for (WAITING, FAILED, OTHER)
--   parts     hash    number index part -> result record of a part that is done
--   clients   hash    client -> its last call and the answer         calls   zset  client, by the time of that call
--   nodes     hash    node -> NodeInfo, opaque here                  seen    zset  node, by its last registration
--
-- "lex" is a zset whose scores are all 0, read in the order of its members. Numbers in members and fields are
-- big-endian, so that bytes sort as numbers do. What Lua keeps for itself is MessagePack; what the client reads or
-- wrote is little-endian, strings behind their length in 4 bytes (wire.hpp).
--
-- The state of a document, first line that fits:
--
--   index >= job.cursor                    waiting, never leased
--   a row in tasks (part 0)                what the row says
--   in a run of `runs`                     waiting again, after a lease that was lost or given back
--   held by a lease of a run               leased
--   otherwise                              done
--
-- Each file is a block of its own, with what others use of it declared in front: a Lua function has 200 local names at
-- most, and a library is one.
--
-- A function that fails half-way is not undone. So each looks at everything first, then writes; and nothing is written
-- that is larger than the call's arguments or what it replaces.

local KEY_NAMES = {
  'queue', 'jobs', 'specs', 'ids', 'removed', 'keys', 'open', 'turns', 'kept', 'names', 'results', 'leases', 'expiry',
  'held', 'granted', 'hedges', 'runs', 'tasks', 'due', 'rows', 'parts', 'clients', 'calls', 'nodes', 'seen',
}

local WAITING, LEASED, RETRYING, DONE, FAILED, SPLIT = 0, 1, 2, 3, 4, 5  -- of a row of tasks
local COUNTER = { [WAITING] = 'waiting', [LEASED] = 'leased', [RETRYING] = 'retrying', [DONE] = 'done',
                  [FAILED] = 'failed' }
local HOUR = 3600 * 1000
local DAY = 24 * HOUR
local NAMES_PER_CHUNK = 128

-- While a library is loaded its code sees nothing of Lua but the language: the first call sets these.
local pack, unpack_bytes, msgpack, msgunpack, min, max, floor

-- The state of one call, set by begin().
local call          -- redis.call
local K = {}        -- keys by name
local now           -- milliseconds on the server's clock
local Q             -- row of the queue
local jobs          -- rows of jobs that were looked at, by number
local work_arrived  -- some job became servable

-- ---- Members and fields

local function lease_member(lease)
  return pack('>I5BI4I6', lease.number, lease.single, lease.first, lease.token)
end
local function token_member(token) return pack('>I6', token) end
local function task_field(number, index, part) return pack('>I5I4B', number, index, part) end
local function chunk_field(number, chunk) return pack('>I5I4', number, chunk) end
local function job_member(number) return pack('>I5', number) end
local function turn_member(job) return job.needs .. pack('>BBI7I5', 0, job.priority, job.vtime, job.number) end

-- Members of a lex zset that begin with the number of a job.
local function of_job(key, number, limit)
  return call('ZRANGEBYLEX', key, '[' .. pack('>I5', number), '(' .. pack('>I5', number + 1), 'LIMIT', '0', limit)
end

-- ---- Answers: '+' and the content, or '-' and an error. An array: its first element is that, blobs follow

local function text(bytes) return pack('<I4', #bytes) .. bytes end
local function refused(code, message) return '-' .. code .. '\0' .. message end
local function no_job(id) return refused('not_found', 'there is no job ' .. id) end
local function conflict(id, why) return refused('conflict', 'job ' .. id .. ' ' .. why) end

-- ---- The queue

local function read_queue()
  local stored = call('GET', K.queue)
  local q = { stored = stored }
  if stored then
    q.format, q.last_token, q.last_job, q.vtime, q.jobs, q.waiting, q.leased, q.retrying, q.done, q.failed,
      q.cancelled, q.leases, q.removed = msgunpack(stored)
  else
    q.format, q.last_token, q.last_job, q.vtime, q.jobs, q.waiting, q.leased, q.retrying, q.done, q.failed,
      q.cancelled, q.leases, q.removed = VERSION, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  end
  return q
end

local function write_queue(q)
  local row = msgpack(q.format, q.last_token, q.last_job, q.vtime, q.jobs, q.waiting, q.leased, q.retrying, q.done,
                      q.failed, q.cancelled, q.leases, q.removed)
  -- An untouched namespace stays empty: reading makes no key.
  if row ~= q.stored and (q.stored or q.last_job > 0) then call('SET', K.queue, row) end
end

-- ---- Jobs

local function pack_job(job)
  return msgpack(job.id, job.needs, job.priority, job.sealed, job.paused, job.cancelled, job.removed, job.servable,
                 job.vtime, job.documents, job.cursor, job.waiting, job.leased, job.retrying, job.done, job.failed,
                 job.dropped, job.partial, job.pages, job.created, job.touched, job.finished, job.version, job.singles,
                 job.runs, job.leases, job.chunks, job.pieces, job.tail, job.key, job.max_attempts, job.max_deliveries,
                 job.backoff_base, job.backoff_cap, job.ttl, job.hedges)
end

local function unpack_job(number, stored)
  local job = { number = number, stored = stored }
  job.id, job.needs, job.priority, job.sealed, job.paused, job.cancelled, job.removed, job.servable, job.vtime,
    job.documents, job.cursor, job.waiting, job.leased, job.retrying, job.done, job.failed, job.dropped, job.partial,
    job.pages, job.created, job.touched, job.finished, job.version, job.singles, job.runs, job.leases, job.chunks,
    job.pieces, job.tail, job.key, job.max_attempts, job.max_deliveries, job.backoff_base, job.backoff_cap, job.ttl,
    job.hedges = msgunpack(stored)
  return job
end

local function state_of(job)
  if job.cancelled then return 'cancelled' end
  if not job.sealed then return 'open' end
  if job.waiting + job.leased + job.retrying == 0 then return 'finished' end
  return job.paused and 'paused' or 'running'
end

local function has_ended(job)
  local state = state_of(job)
  return state == 'cancelled' or state == 'finished'
end

-- When the job is to be removed; nil: not by time.
local function end_of_keeping(job)
  if job.ttl > 0 and job.finished > 0 and not job.removed then return job.finished + job.ttl end
end

-- What settle() compares with.
local function remember(job)
  local was = job.was or {}
  job.was = was
  was.state, was.finished, was.partial, was.pages, was.leases = state_of(job), job.finished, job.partial, job.pages,
    job.leases
  was.waiting, was.leased, was.retrying, was.done, was.failed, was.dropped = job.waiting, job.leased, job.retrying,
    job.done, job.failed, job.dropped
  was.servable, was.removed, was.kept_to = job.servable, job.removed, end_of_keeping(job)
end

local function job_at(number)
  local job = jobs[number]
  if job then return job end
  job = unpack_job(number, call('HGET', K.jobs, number))
  if job.servable then job.turn = turn_member(job) end
  remember(job)
  jobs[number] = job
  return job
end

-- The job that users see under `id`, or nil.
local function find_job(id)
  local number = call('ZSCORE', K.ids, id)
  return number and job_at(tonumber(number))
end

-- ---- What follows from the change of a job: when it finished, its version, whether it can be served, the sums

local function add_to_sums(job, was)
  Q.waiting = Q.waiting + job.waiting - was.waiting
  Q.leased = Q.leased + job.leased - was.leased
  Q.retrying = Q.retrying + job.retrying - was.retrying
  Q.done = Q.done + job.done - was.done
  Q.failed = Q.failed + job.failed - was.failed
  Q.cancelled = Q.cancelled + job.dropped - was.dropped
  Q.leases = Q.leases + job.leases - was.leases
end

local function settle_turn(job)
  job.servable = job.sealed and not job.paused and not job.cancelled and not job.removed and
    (job.singles > 0 or job.runs > 0 or job.cursor < job.documents)
  if job.servable and not job.was.servable then
    job.vtime = max(job.vtime, Q.vtime)
    work_arrived = true
  end
  local turn = job.servable and turn_member(job) or nil
  if turn == job.turn then return end
  if job.turn then call('ZREM', K.turns, job.turn) end
  if turn then call('ZADD', K.turns, '0', turn) end
  job.turn = turn
end

local function settle_keeping(job)
  local to = end_of_keeping(job)
  if to == job.was.kept_to then return end
  if to then
    call('ZADD', K.kept, to, job_member(job.number))
  else
    call('ZREM', K.kept, job_member(job.number))
  end
end

local function settle(job)
  local was, state = job.was, state_of(job)
  if state ~= 'cancelled' and state ~= 'finished' then
    job.finished = 0
  elseif job.finished == 0 then
    job.finished = now
  end
  if state ~= was.state or job.waiting ~= was.waiting or job.leased ~= was.leased or job.retrying ~= was.retrying or
     job.done ~= was.done or job.failed ~= was.failed or job.dropped ~= was.dropped or job.partial ~= was.partial or
     job.pages ~= was.pages or job.finished ~= was.finished then
    job.version = job.version + 1
    job.changed = true
  end
  settle_turn(job)
  settle_keeping(job)
  if not was.removed then add_to_sums(job, was) end
  remember(job)
end

local function settle_all()
  for _, job in pairs(jobs) do settle(job) end
end

-- ---- A call from its beginning to its end

local function begin(keys, time)
  if not call then
    call = redis.call
    pack, unpack_bytes, msgpack, msgunpack = struct.pack, struct.unpack, cmsgpack.pack, cmsgpack.unpack
    min, max, floor = math.min, math.max, math.floor
  end
  if K.queue ~= keys[1] then
    for i = 1, #KEY_NAMES do K[KEY_NAMES[i]] = keys[i] end
    K.channel = string.sub(keys[1], 1, -#'queue' - 1)
  end
  if time ~= '' then
    now = tonumber(time)
  else
    local clock = call('TIME')
    now = clock[1] * 1000 + floor(clock[2] / 1000)
  end
  jobs, work_arrived = {}, false
  Q = read_queue()
end

-- Writes what has changed and tells those who wait for it.
local function finish()
  settle_all()
  for number, job in pairs(jobs) do
    if not job.erased then
      local row = pack_job(job)
      if row ~= job.stored then call('HSET', K.jobs, number, row) end
    end
    if job.changed then call('PUBLISH', K.channel .. 'job:' .. job.id, '') end
  end
  write_queue(Q)
  if work_arrived then call('PUBLISH', K.channel .. 'work', '') end
end
