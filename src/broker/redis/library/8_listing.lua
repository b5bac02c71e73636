-- ---- The listing of documents: what is known of a stretch of them, from which the client derives their states

local LONGEST_RUN = 1000  -- an exchange leases no more, and runs are never joined
local MOST_FIELDS = 5000  -- of one command: Lua's stack is not endless

local function list_runs(job, from, last, out)
  local members = call('ZRANGEBYLEX', K.runs, '[' .. pack('>I5I4', job.number, from),
                       '(' .. pack('>I5I4', job.number, last))
  out[#out + 1] = pack('<I4', #members)
  for _, member in ipairs(members) do out[#out + 1] = pack('<I4I4I4', unpack_bytes('>I4I4I4', member, 6)) end
end

local function list_leases(job, from, last, out)
  local members = call('ZRANGEBYLEX', K.held, '[' .. pack('>I5BI4', job.number, 0, from),
                       '(' .. pack('>I5BI4', job.number, 0, last))
  local ranges = {}
  for _, member in ipairs(members) do
    local lease = lease_at(unpack_bytes('>I6', member, 11))
    for i = 1, #lease.held, 2 do
      ranges[#ranges + 1] = pack('<I4I4I4', lease.held[i], lease.held[i + 1], lease.deliveries)
    end
  end
  out[#out + 1] = pack('<I4', #ranges) .. table.concat(ranges)
end

local function list_rows(job, first, last, out)
  local rows = {}
  local from = #of_job(K.rows, job.number, 1) > 0 and first or last  -- most jobs have no exceptions
  while from < last do
    local fields, behind = {}, min(last, from + MOST_FIELDS)
    for index = from, behind - 1 do fields[#fields + 1] = task_field(job.number, index, 0) end
    for i, stored in ipairs(call('HMGET', K.tasks, unpack(fields))) do
      if stored then
        local task = unpack_task(job.number, from + i - 1, 0, stored)
        rows[#rows + 1] = pack('<I4BI4I4I4I4', task.index, visible_state(task), task.attempts, task.deliveries,
                               task.parts, task.parts - task.parts_waiting - task.parts_leased - task.parts_retrying) ..
          text(task.failure)
      end
    end
    from = behind
  end
  out[#out + 1] = pack('<I4', #rows) .. table.concat(rows)
end

-- id, index of the first document, limit
function calls.tasks(args)
  local job = find_job(args[3])
  if not job then return no_job(args[3]) end
  local first = min(tonumber(args[4]), job.documents)
  local last = min(job.documents, first + tonumber(args[5]))
  local out = { OK, pack('<I8I8I8BI8', first, last, job.cursor, job.cancelled and 1 or 0, job.number) }
  local earliest = max(0, first - LONGEST_RUN)
  list_runs(job, earliest, last, out)
  list_leases(job, earliest, last, out)
  list_rows(job, first, last, out)
  local wanted = {}
  if first < last then want_names(wanted, job.number, first, last - 1) end
  return add_names(wanted, out, { '' })
end

-- ---- What the server offers

local FREES = { 'allow-oom' }  -- what ends work, or shows how it stands, goes on when the memory is full
local READS = { 'no-writes' }

local function offer(name, flags)
  redis.register_function({
    function_name = 'docmill_' .. name,
    flags = flags,
    callback = function(keys, args)
      -- A client of another version is refused whole, never half-served.
      if args[1] ~= tostring(VERSION) then return redis.error_reply('DOCMILL_VERSION ' .. VERSION) end
      begin(keys, args[2])
      if Q.format > VERSION then return redis.error_reply('DOCMILL_FORMAT ' .. Q.format) end
      local answer = calls[name](args)
      if flags ~= READS then finish() end
      return answer
    end,
  })
end

redis.register_function({ function_name = 'docmill_version', flags = READS, callback = function() return VERSION end })
offer('create', {})
offer('add', {})
offer('seal', {})
offer('retry', {})
offer('exchange', FREES)
offer('renew', FREES)
offer('register', FREES)
offer('unregister', FREES)
offer('status', FREES)
offer('cancel', FREES)
offer('pause', FREES)
offer('resume', FREES)
offer('remove', FREES)
offer('nodes', READS)
offer('jobs', READS)
offer('tasks', READS)
offer('results', READS)
offer('stats', READS)
