-- Which content was measured, and by which measure: what did not change is not measured again.
ALTER TABLE file_shape ADD COLUMN blob varchar COLLATE "C" DEFAULT '';
