package jira

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stamp is a time as Jira writes it: text with an offset, or milliseconds since 1970.
type stamp struct{ time.Time }

func (s *stamp) UnmarshalJSON(text []byte) error {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	switch x := v.(type) {
	case nil:
		s.Time = time.Time{}
		return nil
	case float64:
		if ms, err := strconv.ParseInt(string(text), 10, 64); err == nil && ms >= 0 && ms < 1e14 {
			s.Time = time.UnixMilli(ms).UTC()
			return nil
		}
	case string:
		for _, layout := range []string{"2006-01-02T15:04:05.999999999-0700", time.RFC3339Nano} {
			if t, err := time.Parse(layout, x); err == nil {
				s.Time = t.UTC().Truncate(time.Microsecond)
				return nil
			}
		}
		if x == "" {
			return nil
		}
	}
	return fmt.Errorf("%.60q is no time", text)
}

type project struct {
	Key      string `json:"key"`
	Name     string `json:"name"`
	Archived bool   `json:"archived"`
}

type statusAnswer struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Category struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

type fieldAnswer struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Schema struct {
		Custom string `json:"custom"`
	} `json:"schema"`
}

type issueAnswer struct {
	ID        string          `json:"id"`
	Key       string          `json:"key"`
	Fields    json.RawMessage `json:"fields"`
	Changelog struct {
		Total     int             `json:"total"`
		Histories []historyAnswer `json:"histories"`
	} `json:"changelog"`
}

type issueFields struct {
	Summary string       `json:"summary"`
	Status  statusAnswer `json:"status"`
	Type    struct {
		Name string `json:"name"`
	} `json:"issuetype"`
	Project project `json:"project"`
	Parent  *struct {
		ID string `json:"id"`
	} `json:"parent"`
	Created  stamp        `json:"created"`
	Updated  stamp        `json:"updated"`
	Resolved stamp        `json:"resolutiondate"`
	Labels   []string     `json:"labels"`
	Links    []linkAnswer `json:"issuelinks"`
}

type linkAnswer struct {
	Type struct {
		Inward  string `json:"inward"`
		Outward string `json:"outward"`
	} `json:"type"`
	Inward  keyAnswer `json:"inwardIssue"`
	Outward keyAnswer `json:"outwardIssue"`
}

type keyAnswer struct {
	Key string `json:"key"`
}

// historyAnswer is a change of an issue: several fields at one time.
type historyAnswer struct {
	ID      string       `json:"id"`
	Created stamp        `json:"created"`
	Items   []itemAnswer `json:"items"`
}

type itemAnswer struct {
	Field      string `json:"field"`
	FieldID    string `json:"fieldId"`
	From       string `json:"from"`
	FromString string `json:"fromString"`
	To         string `json:"to"`
	ToString   string `json:"toString"`
}

type sprintAnswer struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	State     string `json:"state"`
	Start     stamp  `json:"startDate"`
	Activated stamp  `json:"activatedDate"`
	End       stamp  `json:"endDate"`
	Complete  stamp  `json:"completeDate"`
}

// sprintID finds the id in the text that a data center has for a sprint.
var sprintID = regexp.MustCompile(`[\[,]id=(\d+)[,\]]`)

// sprintIDs reads the value of the field with sprints: objects in the cloud, texts in a data center.
func sprintIDs(text json.RawMessage) (ids []string, err error) {
	var values []json.RawMessage
	if len(text) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, err
	}
	for _, v := range values {
		var s string
		var o struct {
			ID int64 `json:"id"`
		}
		switch {
		case json.Unmarshal(v, &s) == nil && sprintID.MatchString(s):
			ids = append(ids, sprintID.FindStringSubmatch(s)[1])
		case json.Unmarshal(v, &o) == nil && o.ID > 0:
			ids = append(ids, strconv.FormatInt(o.ID, 10))
		default:
			return nil, fmt.Errorf("%.60q is no sprint", v)
		}
	}
	return ids, nil
}

// listed are the ids of a change of the field with sprints: "70, 71".
func listed(s string) (ids []string) {
	for _, id := range strings.Split(s, ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}
