local next_turn, serve_all, answer_leases
do

-- ---- Turns: jobs by virtual time, then creation, in groups of the same needs and priority. A look costs as much as
-- there are groups that can be served, whatever the number of jobs.

-- `needs`: words parted by blanks; `offers`: ' word word ', or '' for everything.
local function covers(offers, needs)
  if offers == '' then return true end
  for word in string.gmatch(needs, '%S+') do
    if not string.find(offers, ' ' .. word .. ' ', 1, true) then return false end
  end
  return true
end

-- `strict`: higher priorities come first.
function next_turn(offers, strict)
  local best_rank, best_time, best
  local from = '-'
  while true do
    local turn = call('ZRANGEBYLEX', K.turns, from, '+', 'LIMIT', '0', '1')[1]
    if not turn then return best end
    local nul = string.find(turn, '\0', 1, true)
    local needs = string.sub(turn, 1, nul - 1)
    if covers(offers, needs) then
      local priority, time, number = unpack_bytes('>BI7I5', turn, nul + 1)
      local rank = strict and -priority or 0
      if not best or rank < best_rank or (rank == best_rank and (time < best_time or
         (time == best_time and number < best))) then
        best_rank, best_time, best = rank, time, number
      end
      from = '(' .. string.sub(turn, 1, nul + 1) .. string.rep('\255', 13)
    else
      from = '(' .. needs .. '\1'
    end
  end
end

local TURN_COST = { [0] = 64, 16, 4, 1 }  -- 64 / weight, by priority

local function grant(job, lease, request)
  Q.last_token = Q.last_token + 1
  lease.token, lease.number = Q.last_token, job.number
  lease.lease_time, lease.expires, lease.node = request.lease_time, now + request.lease_time, request.node
  put_lease(lease)
  local member = lease_member(lease)
  call('ZADD', K.held, '0', member)
  call('ZADD', K.expiry, lease.expires, member)
  call('ZADD', K.granted, now, token_member(lease.token))
  job.leases = job.leases + 1
  request.granted[#request.granted + 1] = lease
end

local function serve_singles(job, request, want)
  local members = call('ZRANGEBYLEX', K.rows, '[' .. pack('>I5B', job.number, ROW_WAITING),
                       '(' .. pack('>I5B', job.number, ROW_WAITING + 1), 'LIMIT', '0', want)
  for _, member in ipairs(members) do
    local index, part = unpack_bytes('>I4B', member, 7)
    local task = task_at(job.number, index, part)
    grant(job, { single = 1, first = index, part = part, deliveries = task.deliveries, held = { index, 1 } }, request)
    change(job, task, LEASED)
  end
  return #members
end

local function grant_run(job, request, first, count, deliveries)
  grant(job, { single = 0, first = first, part = 0, deliveries = deliveries, held = { first, count } }, request)
  move(job, WAITING, LEASED, count)
end

local function serve_runs(job, request, want)
  local served = 0
  while served < want and job.runs > 0 do
    local member = of_job(K.runs, job.number, 1)[1]
    local first, count, deliveries = unpack_bytes('>I4I4I4', member, 6)
    local taken = min(want - served, count)
    call('ZREM', K.runs, member)
    if taken < count then
      call('ZADD', K.runs, '0', run_member(job.number, first + taken, count - taken, deliveries))
    else
      job.runs = job.runs - 1
    end
    grant_run(job, request, first, taken, deliveries)
    served = served + taken
  end
  return served
end

-- Leases up to `want` tasks of the job: single ones, returned runs, fresh documents. Returns how many.
local function serve(job, request, want)
  local served = job.singles > 0 and serve_singles(job, request, want) or 0
  served = served + serve_runs(job, request, want - served)
  if served < want and job.cursor < job.documents then
    local first, count = job.cursor, min(want - served, job.documents - job.cursor)
    job.cursor = first + count
    grant_run(job, request, first, count, 0)
    served = served + count
  end
  Q.vtime = job.vtime
  job.vtime = job.vtime + served * TURN_COST[job.priority]
  return served
end

-- ---- Hedging: tasks that others have held for long, once more

local MOST_LOOKED_AT, MOST_ROUNDS = 256, 8

-- The leases that have been held since `hedge_after`, those granted first in front. What is left of cancelled jobs is
-- put out of the way.
local function long_held(request)
  local found = {}
  for _ = 1, MOST_ROUNDS do
    local members = call('ZRANGEBYSCORE', K.granted, '-inf', now - request.hedge_after, 'LIMIT', #found,
                         MOST_LOOKED_AT - #found)
    for _, member in ipairs(members) do
      local lease = lease_at(unpack_bytes('>I6', member))
      if job_at(lease.number).cancelled then
        call('ZREM', K.granted, member)
      else
        found[#found + 1] = lease
      end
    end
    if #members == 0 or #found == MOST_LOOKED_AT then break end
  end
  return found
end

local function may_hedge(lease, request)
  local job = job_at(lease.number)
  return now < lease.expires and lease.node ~= request.node and state_of(job) == 'running' and
    covers(request.offers, job.needs)
end

-- The documents of a lease that were given a second time already.
local function hedged_before(job, lease)
  local hedged = {}
  if job.hedges == 0 then return hedged end
  local first, last = lease.held[1], lease.held[#lease.held - 1] + lease.held[#lease.held] - 1
  for _, member in ipairs(call('ZRANGEBYLEX', K.hedges, '[' .. task_field(job.number, first, lease.part),
                               '(' .. task_field(job.number, last, lease.part + 1))) do
    local index, part = unpack_bytes('>I4B', member, 6)
    if part == lease.part then hedged[index] = true end
  end
  return hedged
end

-- Those at the end of a run first: its node began at the front. Returns how many are still wanted.
local function hedge_lease(lease, request, want)
  local job = job_at(lease.number)
  local hedged = hedged_before(job, lease)
  for place = #lease.held - 1, 1, -2 do
    for index = lease.held[place] + lease.held[place + 1] - 1, lease.held[place], -1 do
      if want == 0 then return 0 end
      if not hedged[index] then
        grant(job, { single = lease.single, first = index, part = lease.part, deliveries = lease.deliveries,
                     held = { index, 1 } }, request)
        add_hedge(job, index, lease.part, lease.token, Q.last_token)
        want = want - 1
      end
    end
  end
  return want
end

local function hedge(request, want)
  for _, lease in ipairs(long_held(request)) do
    if may_hedge(lease, request) then want = hedge_lease(lease, request, want) end
  end
end

function serve_all(request)
  local want = request.want
  while want > 0 do
    local number = next_turn(request.offers, request.strict)
    if not number then break end
    local job = job_at(number)
    local served = serve(job, request, want)
    if served == 0 then error('job ' .. number .. ' was said to have something to give') end
    want = want - served
    settle(job)
  end
  if want > 0 and request.hedge_after > 0 then hedge(request, want) end
end

-- ---- Leases as the client reads them

local LEASE_RUN, LEASE_DOCUMENT, LEASE_PART, LEASE_MERGE = 0, 1, 2, 3

local function pack_merge(document, out)
  for part = 1, document.parts do
    local row = task_at(document.number, document.index, part)
    out[#out + 1] = pack('<I4I4', row.first_page, row.last_page)
    if row.state == FAILED then
      out[#out + 1] = '\1' .. text(row.failure)
    else
      out[#out + 1] = '\0' .. text(call('HGET', K.parts, task_field(document.number, document.index, part)))
    end
  end
end

local function pack_single(lease, out)
  local task = task_at(lease.number, lease.first, lease.part)
  local kind, parts = LEASE_DOCUMENT, 0
  if task.part > 0 then
    kind, parts = LEASE_PART, task_at(task.number, task.index, 0).parts
  elseif task.merging then
    kind, parts = LEASE_MERGE, task.parts
  end
  out[#out + 1] = pack('<BI4I4I4I4I4I4I4', kind, task.index, task.part, task.attempts + 1, task.deliveries,
                       task.first_page, task.last_page, parts)
  if kind == LEASE_MERGE then pack_merge(task, out) end
end

-- `known`: '\0id\0id\0', the jobs whose specs the client has. `head`: what the answer begins with.
function answer_leases(leases, known, head)
  local wanted, specs, count = {}, {}, 0
  head[#head + 1] = pack('<I4', #leases)
  for _, lease in ipairs(leases) do
    local job, held = job_at(lease.number), lease.held
    head[#head + 1] = pack('<I8I8I8', lease.token, lease.number, lease.expires) .. text(job.id)
    if lease.single == 1 then
      pack_single(lease, head)
    else
      head[#head + 1] = pack('<BI4I4', LEASE_RUN, lease.deliveries, #held / 2)
      for i = 1, #held, 2 do head[#head + 1] = pack('<I4I4', held[i], held[i + 1]) end
    end
    want_names(wanted, lease.number, held[1], held[#held - 1] + held[#held] - 1)
    if not specs[job.id] and not string.find(known, '\0' .. job.id .. '\0', 1, true) then
      specs[job.id] = call('HGET', K.specs, job.number)
      count = count + 1
    end
  end
  head[#head + 1] = pack('<I4', count)
  for id, spec in pairs(specs) do head[#head + 1] = text(id) .. text(spec) end
  return add_names(wanted, head, { '' })
end

end
