-- Row-level security on the notes: readers see what is not confidential, writers their own and change only these.
ALTER TABLE customer_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers_see_open_notes ON customer_notes FOR SELECT TO shop_reader
    USING (NOT confidential);
CREATE POLICY writers_keep_their_own ON customer_notes FOR ALL TO shop_writer
    USING (author = CURRENT_USER) WITH CHECK (author = CURRENT_USER);
