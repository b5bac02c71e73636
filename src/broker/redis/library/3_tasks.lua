-- ---- Rows of tasks: documents and parts that failed, wait to be tried again, were split, or are leased once more

local ROW_WAITING, ROW_FAILED, ROW_OTHER = 1, 2, 3  -- what rows are looked for by

local function row_member(task)
  return pack('>I5BI4B', task.number, task.code, task.index, task.part)
end

local function unpack_task(number, index, part, stored)
  local task = { number = number, index = index, part = part }
  task.state, task.attempts, task.deliveries, task.due, task.failure, task.first_page, task.last_page, task.merging,
    task.parts, task.parts_waiting, task.parts_leased, task.parts_retrying, task.code = msgunpack(stored)
  return task
end

local function task_at(number, index, part)
  return unpack_task(number, index, part, call('HGET', K.tasks, task_field(number, index, part)))
end

-- A task that has no row yet: it is leased.
local function new_task(number, index, part, deliveries)
  return { number = number, index = index, part = part, state = LEASED, attempts = 0, deliveries = deliveries, due = 0,
           failure = '', first_page = 0, last_page = 0, merging = false, parts = 0, parts_waiting = 0, parts_leased = 0,
           parts_retrying = 0 }
end

local function put_task(task)
  local code = ROW_OTHER
  if task.state == WAITING then code = ROW_WAITING end
  if task.state == FAILED and task.part == 0 then code = ROW_FAILED end
  if code ~= task.code then
    if task.code then call('ZREM', K.rows, row_member(task)) end
    task.code = code
    call('ZADD', K.rows, '0', row_member(task))
  end
  call('HSET', K.tasks, task_field(task.number, task.index, task.part),
       msgpack(task.state, task.attempts, task.deliveries, task.due, task.failure, task.first_page, task.last_page,
               task.merging, task.parts, task.parts_waiting, task.parts_leased, task.parts_retrying, task.code))
end

local function erase_task(task)
  call('HDEL', K.tasks, task_field(task.number, task.index, task.part))
  call('ZREM', K.rows, row_member(task))
end

-- The parts of a document go when all of them are final.
local function erase_parts(document)
  local fields, members = {}, {}
  for part = 1, document.parts do
    fields[part] = task_field(document.number, document.index, part)
    members[part] = pack('>I5BI4B', document.number, ROW_OTHER, document.index, part)
  end
  call('HDEL', K.tasks, unpack(fields))
  call('HDEL', K.parts, unpack(fields))
  call('ZREM', K.rows, unpack(members))
end

-- Where a document is counted.
local function visible_state(task)
  if task.state ~= SPLIT then return task.state end
  if task.parts_leased > 0 then return LEASED end
  if task.parts_waiting > 0 then return WAITING end
  return RETRYING
end

local function move(job, from, to, count)
  from, to = COUNTER[from], COUNTER[to]
  job[from] = job[from] - count
  job[to] = job[to] + count
end

local function count_part(document, state, change)
  if state == WAITING then document.parts_waiting = document.parts_waiting + change end
  if state == LEASED then document.parts_leased = document.parts_leased + change end
  if state == RETRYING then document.parts_retrying = document.parts_retrying + change end
end

-- What the change of a part means to its document. When the last part is final the document waits as their merge.
local function change_part(job, part, from)
  local document = task_at(part.number, part.index, 0)
  local seen = visible_state(document)
  count_part(document, from, -1)
  count_part(document, part.state, 1)
  if document.parts_waiting + document.parts_leased + document.parts_retrying == 0 then
    document.state, document.merging = WAITING, true
    document.attempts, document.deliveries, document.failure = 0, 0, ''
    job.singles = job.singles + 1
  end
  put_task(document)
  move(job, seen, visible_state(document), 1)
end

-- The one place where a task changes its state, with all that counts it.
local function change(job, task, to)
  local from, seen = task.state, visible_state(task)
  task.state = to
  put_task(task)
  local due = task_field(task.number, task.index, task.part)
  if from == RETRYING then call('ZREM', K.due, due) end
  if to == RETRYING then call('ZADD', K.due, task.due, due) end
  if from == WAITING then job.singles = job.singles - 1 end
  if to == WAITING then job.singles = job.singles + 1 end
  if task.part > 0 then
    change_part(job, task, from)
  else
    move(job, seen, visible_state(task), 1)
  end
end

-- The end of a task that did not succeed.
local function kill(job, task, failure)
  task.failure = failure
  if task.parts > 0 then erase_parts(task) end
  change(job, task, FAILED)
end

-- ---- Leases. `held` are the documents that a lease still holds: first, count, first, count, …

local function put_lease(lease)
  call('HSET', K.leases, lease.token, msgpack(lease.number, lease.single, lease.first, lease.part, lease.deliveries,
                                              lease.expires, lease.lease_time, lease.node, lease.held))
end

local function lease_at(token)
  local stored = call('HGET', K.leases, token)
  if not stored then return end
  local lease = { token = token }
  lease.number, lease.single, lease.first, lease.part, lease.deliveries, lease.expires, lease.lease_time, lease.node,
    lease.held = msgunpack(stored)
  return lease
end

-- nil: stale.
local function held_lease(token)
  local lease = lease_at(token)
  if lease and now < lease.expires and not job_at(lease.number).cancelled then return lease end
end

local function forget_lease(token, member)
  call('HDEL', K.leases, token)
  call('ZREM', K.held, member)
  call('ZREM', K.expiry, member)
  call('ZREM', K.granted, token_member(token))
end

local function drop_lease(lease)
  forget_lease(lease.token, lease_member(lease))
  local job = job_at(lease.number)
  job.leases = job.leases - 1
end

-- Where in `held` the documents from `first` on are, all of them; nil: they are not.
local function place_in(held, first, count)
  for place = 1, #held, 2 do
    if first >= held[place] and first + count <= held[place] + held[place + 1] then return place end
  end
end

local function take_from(held, place, first, count)
  local before = first - held[place]
  local behind = held[place] + held[place + 1] - first - count
  if before > 0 and behind > 0 then
    held[place + 1] = before
    table.insert(held, place + 2, first + count)
    table.insert(held, place + 3, behind)
  elseif before > 0 then
    held[place + 1] = before
  elseif behind > 0 then
    held[place], held[place + 1] = first + count, behind
  else
    table.remove(held, place + 1)
    table.remove(held, place)
  end
end

-- ---- Hedges: tasks that two leases hold. Most jobs have none, which job.hedges says.

local function hedge_member(number, index, part, first, second)
  return pack('>I5I4BI6I6', number, index, part, first, second)
end

-- Its member and tokens, or nil.
local function find_hedge(job, index, part)
  if job.hedges == 0 then return end
  local prefix = task_field(job.number, index, part)
  local member = call('ZRANGEBYLEX', K.hedges, '[' .. prefix, '(' .. prefix .. '\255', 'LIMIT', '0', '1')[1]
  if member then return member, unpack_bytes('>I6I6', member, 11) end
end

local function add_hedge(job, index, part, first, second)
  call('ZADD', K.hedges, '0', hedge_member(job.number, index, part, first, second))
  job.hedges = job.hedges + 1
end

local function erase_hedge(job, member)
  call('ZREM', K.hedges, member)
  job.hedges = job.hedges - 1
end

-- A lease lets go of a task and ends nothing. False: no other holds it.
local function leave_to_other(job, token, index, part)
  local member, first, second = find_hedge(job, index, part)
  if not member then return false end
  erase_hedge(job, member)
  local other = token == first and second or first
  if other == 0 then return false end
  add_hedge(job, index, part, other, 0)
  return true
end

-- A task ends: no other lease holds it from now on. `leases`: rows that this call has read, to be written later.
local function take_from_other(leases, job, token, index, part)
  local member, first, second = find_hedge(job, index, part)
  if not member then return end
  erase_hedge(job, member)
  local other = token == first and second or first
  if other == 0 then return end
  local lease = leases[other] or lease_at(other)  -- also one that has expired and was not found yet
  take_from(lease.held, place_in(lease.held, index, 1), index, 1)
  if leases[other] then
    lease.touched = true
  elseif #lease.held == 0 then
    drop_lease(lease)
  else
    put_lease(lease)
  end
end

-- ---- Runs

local function run_member(number, first, count, deliveries)
  return pack('>I5I4I4I4', number, first, count, deliveries)
end

-- Documents of a run go back as runs. `ranges`: first, count, …, ascending and never touching one another.
local function return_runs(job, ranges, deliveries)
  for i = 1, #ranges, 2 do
    call('ZADD', K.runs, '0', run_member(job.number, ranges[i], ranges[i + 1], deliveries))
    job.runs = job.runs + 1
    move(job, LEASED, WAITING, ranges[i + 1])
  end
end
