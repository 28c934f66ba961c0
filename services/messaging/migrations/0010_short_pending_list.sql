-- A search looks at some 60 blocks, and each look reads the index's list of entries that are not merged yet: with 512 kB of
-- them a search for a rare word took 45 ms instead of 3. One batch of the indexer is more than this, so each is merged at
-- once, which costs no more, since a batch is merged as a whole.
ALTER INDEX messaging.search_entries_tokens SET (gin_pending_list_limit = 64);
