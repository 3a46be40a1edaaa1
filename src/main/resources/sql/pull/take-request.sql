-- task · leave for one request: null where it may be sent now, else how long to wait (ms)
SELECT ceil(1000 * extract(epoch FROM take_request(:orgId, :sourceId) - clock_timestamp()))::bigint
