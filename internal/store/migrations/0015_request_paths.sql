-- What key work a change request is by the files that it changes alone, as rules have it: '' where none fits,
-- null where not all of its files are known.
ALTER TABLE change_request ADD COLUMN paths_say varchar COLLATE "C";
