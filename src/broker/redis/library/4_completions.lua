-- ---- Backoff with full jitter: rules.cpp, figure for figure
--
-- A number of 64 bits is four of 16, lowest first: products of those are exact in a double.

local retry_delay
do
  local function multiply(a, b)
    local r1, r2, r3, r4
    local sum = a[1] * b[1]
    r1 = sum % 65536
    sum = floor(sum / 65536) + a[1] * b[2] + a[2] * b[1]
    r2 = sum % 65536
    sum = floor(sum / 65536) + a[1] * b[3] + a[2] * b[2] + a[3] * b[1]
    r3 = sum % 65536
    sum = floor(sum / 65536) + a[1] * b[4] + a[2] * b[3] + a[3] * b[2] + a[4] * b[1]
    r4 = sum % 65536
    return { r1, r2, r3, r4 }
  end

  local function xor(a, b)
    return { bit.bxor(a[1], b[1]), bit.bxor(a[2], b[2]), bit.bxor(a[3], b[3]), bit.bxor(a[4], b[4]) }
  end

  local function add(a, b)
    local sum, carry = {}, 0
    for i = 1, 4 do
      local limb = a[i] + b[i] + carry
      sum[i], carry = limb % 65536, floor(limb / 65536)
    end
    return sum
  end

  -- By 16 to 31 bits to the right.
  local function shift(a, by)
    local power = 2 ^ (by - 16)
    local function limb(low, high) return floor(low / power) + (high * (65536 / power)) % 65536 end
    return { limb(a[2], a[3]), limb(a[3], a[4]), floor(a[4] / power), 0 }
  end

  local function from_number(n)
    return { n % 65536, floor(n / 65536) % 65536, floor(n / 2 ^ 32) % 65536, floor(n / 2 ^ 48) }
  end

  local FNV_START, FNV_PRIME = { 0x2325, 0x8422, 0x9ce4, 0xcbf2 }, { 0x01b3, 0x0000, 0x0100, 0x0000 }
  local GOLDEN = { 0x7c15, 0x7f4a, 0x79b9, 0x9e37 }
  local MIX_1, MIX_2 = { 0xe5b9, 0x1ce4, 0x476d, 0xbf58 }, { 0x11eb, 0x1331, 0x49bb, 0x94d0 }

  local function splitmix(x)
    x = add(x, GOLDEN)
    x = multiply(xor(x, shift(x, 30)), MIX_1)
    x = multiply(xor(x, shift(x, 27)), MIX_2)
    return xor(x, shift(x, 31))
  end

  local function remainder(x, divisor)  -- divisor: below 2^45, a thousand years of milliseconds
    local rest = 0
    for i = 4, 1, -1 do
      rest = (rest * 256 + floor(x[i] / 256)) % divisor
      rest = (rest * 256 + x[i] % 256) % divisor
    end
    return rest
  end

  function retry_delay(job, index, part, failures)
    if job.backoff_base <= 0 or job.backoff_cap <= 0 then return 0 end
    local factor = 2 ^ min(max(failures - 1, 0), 30)
    local capped = job.backoff_base > floor(job.backoff_cap / factor)
    local ceiling = capped and job.backoff_cap or job.backoff_base * factor
    local hash = FNV_START
    for i = 1, #job.id do hash = multiply(xor(hash, from_number(string.byte(job.id, i))), FNV_PRIME) end
    hash = splitmix(xor(hash, from_number(index)))
    hash = splitmix(xor(hash, from_number(part)))
    hash = splitmix(xor(hash, from_number(failures)))
    return remainder(hash, ceiling + 1)
  end
end

local complete_all, leased_task, add_range
do

-- ---- Completions
--
-- They come in steps, each for `count` completions of one kind and lease: neighbouring whole documents that are done or
-- released, or a single task of any kind. What they carry lies behind one another: log entries of done documents in
-- `log`, cut into chunks; the record of a part, an error, or page ranges in `data`. So what is done as a whole is
-- stored as it came.

local STEP, STEP_SIZE = '<BI6I4I4BI4I8I4', 32  -- kind, token, first, count, part, bytes of data, pages, flag
local STEP_DONE, STEP_FAILED, STEP_SPLIT, STEP_RELEASED = 0, 1, 2, 3

function add_range(ranges, first, count)
  local last = #ranges
  if last > 0 and ranges[last - 1] + ranges[last] == first then
    ranges[last] = ranges[last] + count
  else
    ranges[last + 1], ranges[last + 2] = first, count
  end
end

local function ranges_of(table_of_ranges, key)
  local ranges = table_of_ranges[key] or {}
  table_of_ranges[key] = ranges
  return ranges
end

-- The row of a leased task; a new one for a document of a run.
function leased_task(lease, index)
  if lease.single == 1 then return task_at(lease.number, index, lease.part) end
  return new_task(lease.number, index, 0, lease.deliveries)
end

local function finish_documents(state, lease, step)
  local job = job_at(lease.number)
  local counts_pages = true
  if lease.single == 1 then
    local task = task_at(lease.number, step.first, 0)
    counts_pages = not task.merging
    if task.parts > 0 then erase_parts(task) end
    erase_task(task)
  end
  if counts_pages then job.pages = job.pages + step.pages * step.count end
  job.partial = job.partial + step.flag
  move(job, LEASED, DONE, step.count)
  add_range(ranges_of(state.entries, lease.number), step.at, step.bytes)
end

local function finish_part(state, lease, step)
  local job = job_at(lease.number)
  job.pages = job.pages + step.pages
  call('HSET', K.parts, task_field(lease.number, step.first, step.part),
       string.sub(state.data, step.at, step.at + step.bytes - 1))
  change(job, task_at(lease.number, step.first, step.part), DONE)
end

-- Pages: whether it may be tried again.
local function fail_attempt(state, lease, step)
  local job, task = job_at(lease.number), leased_task(lease, step.first)
  local failure = string.sub(state.data, step.at, step.at + step.bytes - 1)
  task.attempts = task.attempts + 1
  if step.flag == 0 or task.attempts >= job.max_attempts then
    kill(job, task, failure)
    return
  end
  task.failure = failure
  task.due = now + retry_delay(job, task.index, task.part, task.attempts)
  change(job, task, RETRYING)
end

local function split(state, lease, step)
  local job, task = job_at(lease.number), leased_task(lease, step.first)
  task.parts = step.bytes / 8
  task.parts_waiting = task.parts
  for part = 1, task.parts do
    local row = new_task(task.number, task.index, part, 0)
    row.state = WAITING
    row.first_page, row.last_page = unpack_bytes('<I4I4', state.data, step.at + (part - 1) * 8)
    put_task(row)
    job.singles = job.singles + 1
  end
  change(job, task, SPLIT)
end

-- Released documents of runs go back at the end, as the stretches of all that one exchange releases.
local function release(state, lease, step)
  if lease.single == 1 then
    change(job_at(lease.number), task_at(lease.number, step.first, step.part), WAITING)
  else
    local released = ranges_of(state.released, lease.token)
    released[#released + 1] = { step.first, step.count }
  end
end

local function finish_step(state, lease, step)
  if step.kind == STEP_SPLIT then return split(state, lease, step) end
  if step.kind == STEP_FAILED then return fail_attempt(state, lease, step) end
  if step.kind == STEP_RELEASED then return release(state, lease, step) end
  if step.part > 0 then return finish_part(state, lease, step) end
  return finish_documents(state, lease, step)
end

local function varint(data, at)
  local value, factor = 0, 1
  while true do
    local byte = string.byte(data, at)
    at = at + 1
    if byte < 128 then return value + byte * factor, at end
    value, factor = value + (byte - 128) * factor, factor * 128
  end
end

local function whole_log(state)
  if not state.log then
    local parts = {}
    for i, chunk in ipairs(state.chunks) do parts[i] = string.sub(chunk, 2) end
    state.log = table.concat(parts)
  end
  return state.log
end

-- The step for one of many: of done documents, with the entry of the log at `step.at`, which is moved on.
local function one_of(step, log)
  local one = { kind = step.kind, first = step.first, count = 1, part = 0, at = step.at, bytes = 0, pages = step.pages,
                flag = 0 }
  if step.kind == STEP_DONE then
    local _, at = varint(log, step.at)
    local size, entry = varint(log, at)
    one.flag = size % 2
    one.bytes = entry + (size - one.flag) / 2 - step.at
  end
  step.first, step.at = step.first + 1, step.at + one.bytes
  return one
end

-- Of tasks that the lease holds.
local function complete_held(state, lease, step)
  local job = job_at(lease.number)
  local ends = step.kind == STEP_DONE or step.kind == STEP_SPLIT
  if ends then take_from_other(state.leases, job, lease.token, step.first, step.part) end
  if ends or not leave_to_other(job, lease.token, step.first, step.part) then finish_step(state, lease, step) end
  take_from(lease.held, place_in(lease.held, step.first, step.count), step.first, step.count)
  lease.touched = true
end

local function is_stale(lease, step)
  if not lease or step.part ~= lease.part or not place_in(lease.held, step.first, 1) then return true end
  return step.kind == STEP_SPLIT and lease.single == 1 and leased_task(lease, step.first).merging
end

-- Promise 2: only who holds a task now can end it. All of a step at once where all are held by this lease alone, else
-- one by one.
local function complete(state, lease, step, position)
  if step.count == 1 then
    if is_stale(lease, step) then
      add_range(state.stale, position, 1)
    else
      complete_held(state, lease, step)
    end
  elseif not lease then
    add_range(state.stale, position, step.count)
  elseif step.part == lease.part and place_in(lease.held, step.first, step.count) and
         job_at(lease.number).hedges == 0 then
    complete_held(state, lease, step)
  else
    local log = step.kind == STEP_DONE and whole_log(state)
    for i = 0, step.count - 1 do complete(state, lease, one_of(step, log), position + i) end
  end
end

-- ---- The end of an exchange's completions: results, leases as they are now, what was released

local function write_entries(state)
  for number, ranges in pairs(state.entries) do
    local job = job_at(number)
    if ranges[2] == state.log_size and state.log_size >= ENOUGH then
      append_cut(job, state.chunks)
    else
      local log, parts = whole_log(state), {}
      for i = 1, #ranges, 2 do parts[#parts + 1] = string.sub(log, ranges[i], ranges[i] + ranges[i + 1] - 1) end
      append_to_log(job, table.concat(parts))
    end
  end
end

local function let_go(state)
  for _, lease in pairs(state.leases) do
    if lease and lease.touched then
      if #lease.held == 0 then drop_lease(lease) else put_lease(lease) end
    end
  end
  for token, released in pairs(state.released) do
    table.sort(released, function(a, b) return a[1] < b[1] end)
    local ranges = {}
    for _, one in ipairs(released) do add_range(ranges, one[1], one[2]) end
    local lease = state.leases[token]
    return_runs(job_at(lease.number), ranges, lease.deliveries)
  end
end

-- Returns the positions that were stale, as ranges. `chunks`: of the log, from argument `first_chunk` on.
function complete_all(steps, data, args, first_chunk)
  local state = { data = data, chunks = {}, log_size = 0, leases = {}, released = {}, entries = {}, stale = {} }
  for i = first_chunk, #args do
    state.chunks[#state.chunks + 1] = args[i]
    state.log_size = state.log_size + #args[i] - 1
  end
  local position, log_at, data_at = 0, 1, 1
  for offset = 1, #steps, STEP_SIZE do
    local step = {}
    step.kind, step.token, step.first, step.count, step.part, step.bytes, step.pages, step.flag =
      unpack_bytes(STEP, steps, offset)
    -- complete() moves a step on: what comes behind it is reckoned first.
    if step.kind == STEP_DONE and step.part == 0 then
      step.at, log_at = log_at, log_at + step.bytes
    else
      step.at, data_at = data_at, data_at + step.bytes
    end
    local before = position
    position = position + step.count
    local lease = state.leases[step.token]
    if lease == nil then
      lease = held_lease(step.token) or false
      state.leases[step.token] = lease
    end
    complete(state, lease, step, before)
  end
  write_entries(state)
  let_go(state)
  return state.stale
end

end
