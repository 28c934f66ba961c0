-- With a billion rows the usual fifth is 200 million: until so many were added none would be frozen or marked all-visible,
-- and until so many were deleted no place would be given back. A vacuum after additions only looks at new pages and leaves
-- the indexes alone; one after deletions reads every index once, so it waits for some more. See decision 21.
ALTER TABLE messaging.messages SET (
  autovacuum_vacuum_insert_scale_factor = 0.01,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_analyze_scale_factor = 0.02
);
ALTER TABLE messaging.search_entries SET (
  autovacuum_vacuum_insert_scale_factor = 0.01,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_analyze_scale_factor = 0.02
);
