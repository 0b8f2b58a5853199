-- For wrk: what the arguments after "--" ask for, and the totals as one line of JSON.
--   pipeline COUNT   that many requests are sent at once on each connection
--   upload BYTES     POST with a body
--   close            a new connection for each request
-- A request that never changes is made once; only the batch of a pipeline costs a call into Lua.

function init(args)
    if args[1] == "close" then
        wrk.headers["Connection"] = "close"
    elseif args[1] == "upload" then
        wrk.method = "POST"
        wrk.body = string.rep("x", tonumber(args[2]))
    elseif args[1] == "pipeline" then
        local batch = string.rep(wrk.format(), tonumber(args[2]))
        request = function() return batch end
    end
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        '{"seconds":%.6f,"requests":%d,"bytes":%.0f,"p50Us":%.0f,"p99Us":%.0f,'
            .. '"connectErrors":%d,"readErrors":%d,"writeErrors":%d,"statusErrors":%d,"timeouts":%d}',
        summary.duration / 1e6, summary.requests, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
