-- limit · of this transaction: how long it waits for another refresher, and how long it may be silent while it is the one
SELECT set_config('lock_timeout', :limit, true), set_config('idle_in_transaction_session_timeout', :limit, true)
