-- Who wrote most of a change, or asked for it where none of its commits is known. An application of '' stands
-- for what touches no declared application of its repository. The next run makes both.
ALTER TABLE change_delivery ADD COLUMN person_id bigint DEFAULT 0;
