-- What someone gave as their reason for a block, for their own memory.
ALTER TABLE auth.blocks ADD COLUMN reason text CHECK (char_length(reason) <= 500);
