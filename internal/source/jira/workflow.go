package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diarchy/diarchy/internal/fact"
	"github.com/diarchy/diarchy/internal/source"
	"github.com/diarchy/diarchy/internal/source/api"
)

// workflow is what statuses mean and which fields hold what. Statuses that were removed since they
// were first seen stay in it; when one gets another name or meaning, Turn counts up, and all issues
// are read again.
type workflow struct {
	Turn     int               `json:"turn"`
	Statuses map[string]status `json:"statuses"`
	Shape    string            `json:"shape"` // fields that are read
	fields   fields
	byName   map[string]fact.IssueCategory
	epics    map[string]string // key to id, of epics of a data center
}

type status struct {
	Name     string             `json:"name"`
	Category fact.IssueCategory `json:"category"`
}

// fields are the ids of those that have no fixed one.
type fields struct {
	points       []string
	sprint, epic string
}

const workflowStream = "workflow"

// readWorkflow asks for statuses and fields, and stores what is new of them.
func (f *Feed) readWorkflow(ctx context.Context, req source.Pull) (*workflow, error) {
	before := workflow{}
	if json.Unmarshal([]byte(req.Cursor(workflowStream)), &before) != nil {
		before = workflow{}
	}
	fields, err := f.readFields(ctx)
	if err != nil {
		return nil, err
	}
	var list []statusAnswer
	if _, err := f.client.Get(ctx, f.rest+"/status", nil, &list); err != nil {
		return nil, err
	}
	now := workflow{Turn: before.Turn, Statuses: maps.Clone(before.Statuses), Shape: fmt.Sprint(fields), fields: fields, epics: map[string]string{}}
	if now.Statuses == nil {
		now.Statuses = map[string]status{}
	}
	if err := now.learn(list); err != nil {
		return nil, err
	}
	changed := now.Shape != before.Shape
	for id, s := range before.Statuses {
		changed = changed || now.Statuses[id] != s
	}
	if changed {
		now.Turn++
	}
	if !changed && len(now.Statuses) == len(before.Statuses) {
		return &now, nil
	}
	cursor, err := json.Marshal(now)
	if err != nil {
		return nil, err
	}
	return &now, req.Emit(ctx, source.Page{Stream: workflowStream, Cursor: source.Cursor(cursor)})
}

func (w *workflow) learn(list []statusAnswer) error {
	w.byName = map[string]fact.IssueCategory{}
	for _, s := range list {
		if s.ID == "" || s.Name == "" {
			return fmt.Errorf("%w: a status without id or name", api.ErrUnusable)
		}
		c, err := categoryOf(s.Category.Key)
		if err != nil {
			return err
		}
		w.Statuses[s.ID] = status{s.Name, c}
		w.byName[strings.ToLower(s.Name)] = c
	}
	return nil
}

// categoryOf translates Jira's three categories. The fourth is of statuses without one, which Jira
// shows like those of work that is to be done.
func categoryOf(key string) (fact.IssueCategory, error) {
	switch key {
	case "new", "undefined":
		return fact.IssueToDo, nil
	case "indeterminate":
		return fact.IssueDoing, nil
	case "done":
		return fact.IssueDone, nil
	}
	return "", fmt.Errorf("%w: %.60q is no category of status", api.ErrUnusable, key)
}

// ofOld are the categories of the statuses that Jira itself brings, by name, for those that are
// removed.
var ofOld = map[string]fact.IssueCategory{"open": fact.IssueToDo, "to do": fact.IssueToDo, "reopened": fact.IssueToDo, "in progress": fact.IssueDoing, "resolved": fact.IssueDone, "closed": fact.IssueDone, "done": fact.IssueDone}

// meaning gives name and category of a status in a change: as it is today, and if it is removed
// as it was called then. What cannot be told is "".
func (w *workflow) meaning(id, name string) status {
	if s, ok := w.Statuses[id]; ok {
		return s
	}
	if c, ok := w.byName[strings.ToLower(name)]; ok {
		return status{name, c}
	}
	return status{name, ofOld[strings.ToLower(name)]}
}

// readFields finds the fields that each Jira numbers in its own way.
func (f *Feed) readFields(ctx context.Context) (out fields, err error) {
	var list []fieldAnswer
	if _, err := f.client.Get(ctx, f.rest+"/field", nil, &list); err != nil {
		return out, err
	}
	names := []string{"story points", "story point estimate"}
	if f.points != "" {
		names = []string{strings.ToLower(f.points)}
	}
	for _, x := range list {
		switch {
		case x.ID == "":
			return out, fmt.Errorf("%w: a field without an id", api.ErrUnusable)
		case strings.HasSuffix(x.Schema.Custom, ":gh-sprint"):
			out.sprint = x.ID
		case strings.HasSuffix(x.Schema.Custom, ":gh-epic-link"):
			out.epic = x.ID
		case slices.Contains(names, strings.ToLower(x.Name)):
			out.points = append(out.points, x.ID)
		}
	}
	slices.Sort(out.points)
	return out, nil
}

// asked are the names of all fields that are read. None is about a person.
func (x fields) asked() []string {
	list := []string{"summary", "status", "issuetype", "project", "parent", "created", "updated", "resolutiondate", "labels", "issuelinks"}
	for _, id := range append([]string{x.sprint, x.epic}, x.points...) {
		if id != "" {
			list = append(list, id)
		}
	}
	return list
}
