-- Outcomes of meetings stand in alignment.yaml; nothing ever wrote them here.
DROP TABLE agenda_item;
