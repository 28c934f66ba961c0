-- Finds keys that another wrapping key than today's has wrapped, from either side of its name.
CREATE INDEX files_wrapped_by ON media.files (wrapped_by) WHERE wrapped_by IS NOT NULL;
