package cdevents

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/diarchy/diarchy/internal/fact"
)

// ErrNoEvent is of what is no CDEvent.
var ErrNoEvent = errors.New("no CDEvent")

// Event is a CDEvent. No person that it names is kept.
type Event struct {
	ID, Source string // together the same for ever
	Subject    string // kind of the subject: service, pipelinerun, incident
	Predicate  string // what happened to it: deployed, finished
	At         time.Time
	SubjectID  string
	SubjectOf  string // source of the subject
	content    content
	custom     custom
}

// Key is what an event is known by.
func (e Event) Key() string { return e.Source + " " + e.ID }

// content is what the subjects of all kinds tell, as far as it is used.
type content struct {
	Environment  *reference `json:"environment"`
	Repository   *reference `json:"repository"`
	Service      *reference `json:"service"`
	Change       *reference `json:"change"`
	PipelineRun  *reference `json:"pipelineRun"`
	ArtifactID   string     `json:"artifactId"`
	Name         string     `json:"name"`
	PipelineName string     `json:"pipelineName"`
	TaskName     string     `json:"taskName"`
	Outcome      string     `json:"outcome"`
	Description  string     `json:"description"`
	Summary      string     `json:"summary"`
	TicketType   string     `json:"ticketType"`
	Group        string     `json:"group"`
	Priority     string     `json:"priority"`
	Labels       []string   `json:"labels"`
}

type reference struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Name   string `json:"name"`
}

// custom are fields that CDEvents have no place for: the commit of a run or of an artifact.
type custom struct {
	Commit     string `json:"commit"`
	Repository string `json:"repository"`
	Branch     string `json:"branch"`
	Severity   string `json:"severity"`
	Closes     any    `json:"closes"` // issues of a change: a list, or text with semicolons
}

// closes are the issues that the sender of a change says it closes.
func (c custom) closes(repository string) (out []string) {
	var said []string
	switch v := c.Closes.(type) {
	case string:
		said = strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == ',' })
	case []any:
		for _, one := range v {
			if text, ok := one.(string); ok {
				said = append(said, text)
			}
		}
	}
	for _, ref := range said {
		if issue, ok := fact.ClosedIssue(repository, strings.TrimSpace(ref)); ok {
			out = append(out, issue)
		}
	}
	return out
}

// body is a CDEvent as it is written.
type body struct {
	Context *struct {
		ID        string    `json:"id"`
		Source    string    `json:"source"`
		Type      string    `json:"type"`
		Timestamp time.Time `json:"timestamp"`
	} `json:"context"`
	Subject *struct {
		ID      string  `json:"id"`
		Source  string  `json:"source"`
		Content content `json:"content"`
	} `json:"subject"`
	Custom json.RawMessage `json:"customData"`
}

// cloudEvent is an envelope: one that is written out, or the headers of a request.
type cloudEvent struct {
	Version string          `json:"specversion"`
	ID      string          `json:"id"`
	Source  string          `json:"source"`
	Type    string          `json:"type"`
	Data    json.RawMessage `json:"data"`
	Base64  string          `json:"data_base64"`
}

// Parse reads a CDEvent, alone or in a CloudEvent.
func Parse(text []byte) (Event, error) {
	if err := usable(text); err != nil {
		return Event{}, err
	}
	var envelope cloudEvent
	if err := json.Unmarshal(text, &envelope); err != nil {
		return Event{}, fmt.Errorf("%w: %w", ErrNoEvent, err)
	}
	if envelope.Version == "" {
		return parseBody(text)
	}
	data := []byte(envelope.Data)
	if envelope.Base64 != "" {
		var err error
		if data, err = base64.StdEncoding.DecodeString(envelope.Base64); err != nil {
			return Event{}, fmt.Errorf("%w: %w", ErrNoEvent, err)
		}
	}
	return open(envelope, data)
}

// ParseHTTP reads what a request carries: a CloudEvent in structured or binary mode, or a CDEvent alone.
func ParseHTTP(h http.Header, text []byte) (Event, error) {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return Event{}, fmt.Errorf("%w: the content type %.60q", ErrNoEvent, h.Get("Content-Type"))
	}
	if kind == "application/cloudevents+json" || kind == "application/json" && h.Get("Ce-Specversion") == "" {
		return Parse(text)
	}
	if kind != "application/json" {
		return Event{}, fmt.Errorf("%w: the content type %.60q", ErrNoEvent, kind)
	}
	if err := usable(text); err != nil {
		return Event{}, err
	}
	var envelope cloudEvent
	for name, dst := range map[string]*string{"Ce-Specversion": &envelope.Version, "Ce-Id": &envelope.ID, "Ce-Source": &envelope.Source, "Ce-Type": &envelope.Type} {
		if *dst, err = url.PathUnescape(h.Get(name)); err != nil {
			return Event{}, fmt.Errorf("%w: the header %s", ErrNoEvent, name)
		}
	}
	return open(envelope, text)
}

// open takes an event out of its envelope, which must say of it what it says itself.
func open(envelope cloudEvent, data []byte) (Event, error) {
	if envelope.Version != "1.0" {
		return Event{}, fmt.Errorf("%w: CloudEvents %.20q", ErrNoEvent, envelope.Version)
	}
	e, err := parseBody(data)
	if err != nil {
		return Event{}, err
	}
	subject, predicate, err := kindOf(envelope.Type)
	if err != nil {
		return Event{}, err
	}
	if envelope.ID != e.ID || envelope.Source != e.Source || subject != e.Subject || predicate != e.Predicate {
		return Event{}, fmt.Errorf("%w: the CloudEvent around it is of another one", ErrNoEvent)
	}
	return e, nil
}

func parseBody(text []byte) (e Event, err error) {
	if err := usable(text); err != nil {
		return e, err
	}
	var b body
	if err := json.Unmarshal(text, &b); err != nil {
		return e, fmt.Errorf("%w: %w", ErrNoEvent, err)
	}
	if b.Context == nil || b.Subject == nil {
		return e, fmt.Errorf("%w: without context or subject", ErrNoEvent)
	}
	e = Event{ID: b.Context.ID, Source: b.Context.Source, At: b.Context.Timestamp.UTC().Truncate(time.Microsecond), SubjectID: b.Subject.ID, SubjectOf: b.Subject.Source, content: b.Subject.Content}
	if e.ID == "" || e.Source == "" || e.SubjectID == "" || e.At.IsZero() || e.At.Year() < 1980 {
		return e, fmt.Errorf("%w: without id, source, subject or time", ErrNoEvent)
	}
	if e.SubjectOf == "" {
		e.SubjectOf = e.Source
	}
	if e.Subject, e.Predicate, err = kindOf(b.Context.Type); err != nil {
		return e, err
	}
	_ = json.Unmarshal(b.Custom, &e.custom) // of whatever form its sender chose
	return e, nil
}

// kindOf reads a type such as dev.cdevents.service.deployed.0.3.0. Later versions only add fields.
func kindOf(kind string) (subject, predicate string, err error) {
	rest, ok := strings.CutPrefix(strings.ToLower(kind), "dev.cdevents.")
	parts := strings.SplitN(rest, ".", 3)
	if !ok || len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		return "", "", fmt.Errorf("%w: the type %.80q", ErrNoEvent, kind)
	}
	return parts[0], parts[1], nil
}
