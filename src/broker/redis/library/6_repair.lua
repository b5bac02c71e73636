local ROWS_IN_PASSING, ROWS_OF_REMOVE = 100, 2000
local cancel, hide, clear_away, clear_in_passing, repair
do

-- ---- What any node repairs in passing (promise 8): expired leases, due retries, abandoned jobs, those that were kept
-- for long enough, remains of removed ones

local MOST_REPAIRS = 256

function cancel(job)
  if job.cancelled then return end
  -- Promise 10: the rows of what was under way stay as they are, whatever their number.
  job.dropped = job.waiting + job.leased + job.retrying
  job.waiting, job.leased, job.retrying, job.leases = 0, 0, 0, 0
  job.cancelled = true
  call('ZREM', K.open, job_member(job.number))
end

local function lost_failure(deliveries)
  return 'crashed\0000\0lost with its node ' .. deliveries .. ' times'
end

-- What nobody else holds of an expired run.
local function lost_documents(job, lease)
  if job.hedges == 0 then return lease.held end
  local lost = {}
  for i = 1, #lease.held, 2 do
    for index = lease.held[i], lease.held[i] + lease.held[i + 1] - 1 do
      if not leave_to_other(job, lease.token, index, 0) then add_range(lost, index, 1) end
    end
  end
  return lost
end

local function expire(lease)
  local job = job_at(lease.number)
  local deliveries = lease.deliveries + 1
  local dead = deliveries >= job.max_deliveries
  drop_lease(lease)
  if lease.single == 0 and not dead then
    return_runs(job, lost_documents(job, lease), deliveries)
    return
  end
  for i = 1, #lease.held, 2 do
    for index = lease.held[i], lease.held[i] + lease.held[i + 1] - 1 do
      if not leave_to_other(job, lease.token, index, lease.part) then
        local task = leased_task(lease, index)
        task.deliveries = deliveries
        if dead then kill(job, task, lost_failure(deliveries)) else change(job, task, WAITING) end
      end
    end
  end
end

local function repair_leases()
  for _, member in ipairs(call('ZRANGEBYSCORE', K.expiry, '-inf', now, 'LIMIT', '0', MOST_REPAIRS)) do
    local lease = lease_at(unpack_bytes('>I6', member, 11))
    if job_at(lease.number).cancelled then
      call('ZREM', K.expiry, member)  -- the row stays: it tells what was not done
      call('ZREM', K.granted, token_member(lease.token))
    else
      expire(lease)
    end
  end
end

local function repair_retries()
  for _, field in ipairs(call('ZRANGEBYSCORE', K.due, '-inf', now, 'LIMIT', '0', MOST_REPAIRS)) do
    local number, index, part = unpack_bytes('>I5I4B', field)
    local job = job_at(number)
    if job.cancelled then
      call('ZREM', K.due, field)
    else
      change(job, task_at(number, index, part), WAITING)
    end
  end
end

-- A clock that was set back, or that of another server after a failover, would leave what was dated before far in the
-- future. A lease cannot have more left than its whole time, nor a retry more than the longest backoff.
local function repair_clock(lease_time)
  for _ = 1, MOST_REPAIRS do
    local last = call('ZREVRANGE', K.expiry, '0', '0', 'WITHSCORES')
    if #last == 0 or last[2] - now <= lease_time then break end
    local lease = lease_at(unpack_bytes('>I6', last[1], 11))
    if lease.expires <= now + lease.lease_time then break end
    lease.expires = now + lease.lease_time
    put_lease(lease)
    call('ZADD', K.expiry, lease.expires, last[1])
  end
  for _ = 1, MOST_REPAIRS do
    local last = call('ZREVRANGE', K.due, '0', '0', 'WITHSCORES')
    if #last == 0 then break end
    local number, index, part = unpack_bytes('>I5I4B', last[1])
    local longest = now + job_at(number).backoff_cap
    if tonumber(last[2]) <= longest then break end
    local task = task_at(number, index, part)
    task.due = longest
    put_task(task)
    call('ZADD', K.due, task.due, last[1])
  end
end

local function repair_abandoned()
  for _, member in ipairs(call('ZRANGEBYSCORE', K.open, '-inf', now - DAY, 'LIMIT', '0', MOST_REPAIRS)) do
    cancel(job_at(unpack_bytes('>I5', member)))
  end
end

-- ---- Removal, in steps that are bounded by a number of rows

function hide(job)
  settle(job)
  Q.waiting, Q.leased, Q.retrying = Q.waiting - job.waiting, Q.leased - job.leased, Q.retrying - job.retrying
  Q.done, Q.failed, Q.cancelled = Q.done - job.done, Q.failed - job.failed, Q.cancelled - job.dropped
  Q.leases, Q.jobs, Q.removed = Q.leases - job.leases, Q.jobs - 1, Q.removed + 1
  call('ZREM', K.ids, job.id)
  call('ZADD', K.removed, job.number, job.id)
  call('ZREM', K.kept, job_member(job.number))
  if job.key ~= '' then call('HDEL', K.keys, job.key) end
  job.removed, job.changed = true, true
  remember(job)
end

local function forget_leases(job, limit)
  local members = of_job(K.held, job.number, limit)
  for _, member in ipairs(members) do forget_lease(unpack_bytes('>I6', member, 11), member) end
  return #members
end

local function forget_tasks(job, limit)
  local members = of_job(K.rows, job.number, limit)
  for _, member in ipairs(members) do
    local number, _, index, part = unpack_bytes('>I5BI4B', member)
    local field = task_field(number, index, part)
    call('HDEL', K.tasks, field)
    call('HDEL', K.parts, field)
    call('ZREM', K.due, field)
    call('ZREM', K.rows, member)
  end
  return #members
end

local function forget_members(key, job, limit)
  local members = of_job(key, job.number, limit)
  for _, member in ipairs(members) do call('ZREM', key, member) end
  return #members
end

local function forget_runs(job, limit) return forget_members(K.runs, job, limit) end
local function forget_hedges(job, limit) return forget_members(K.hedges, job, limit) end

-- From the end: the row of the job says how many are left.
local function forget_names(job, limit)
  local chunks = math.ceil(job.documents / NAMES_PER_CHUNK)
  local taken = min(chunks, limit)
  for chunk = chunks - taken, chunks - 1 do call('HDEL', K.names, chunk_field(job.number, chunk)) end
  job.documents = (chunks - taken) * NAMES_PER_CHUNK
  return taken
end

local function forget_results(job, limit)
  if job.pieces > 0 then
    call('HDEL', K.results, unpack(piece_fields(job)))
    job.pieces = 0
  end
  local taken = min(job.chunks, limit)
  for chunk = job.chunks - taken, job.chunks - 1 do call('HDEL', K.results, chunk_field(job.number, chunk)) end
  job.chunks = job.chunks - taken
  return taken
end

local CHUNK_IN_ROWS = 16  -- to free a chunk of results takes longer than a small row

-- True: nothing is left of the job.
function clear_away(job, budget)
  for _, forget in ipairs({ forget_leases, forget_tasks, forget_hedges, forget_runs, forget_names }) do
    if budget > 0 then budget = budget - forget(job, budget) end
  end
  if budget > 0 then
    budget = budget - CHUNK_IN_ROWS * forget_results(job, math.ceil(budget / CHUNK_IN_ROWS))
  end
  if budget <= 0 then return false end
  call('HDEL', K.jobs, job.number)
  call('HDEL', K.specs, job.number)
  call('ZREM', K.removed, job.id)
  Q.removed = Q.removed - 1
  job.erased = true
  return true
end

function clear_in_passing()
  if Q.removed == 0 then return end
  local oldest = call('ZRANGE', K.removed, 0, 0, 'WITHSCORES')
  clear_away(job_at(tonumber(oldest[2])), ROWS_IN_PASSING)
end

local function repair_keeping()
  for _, member in ipairs(call('ZRANGEBYSCORE', K.kept, '-inf', now, 'LIMIT', '0', MOST_REPAIRS)) do
    hide(job_at(unpack_bytes('>I5', member)))
  end
end

-- `lease_time`: of the call, to know at a glance that no lease has too much left; 0: it must be looked up.
function repair(lease_time)
  clear_in_passing()
  repair_clock(lease_time)
  repair_leases()
  repair_retries()
  repair_abandoned()
  repair_keeping()
  settle_all()
end

end
