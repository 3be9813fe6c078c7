// Package signal turns series into claims: statements about a metric, made by a
// named method, with sample size, interval, assumptions and warnings. A claim is
// present, absent or unknown; below its method's minimum sample it is unknown
// and says how many points it lacks.
//
// It does not read the store (metric does) and does not judge what a claim means
// for the company (playbook and diagnosis do).
package signal

import (
	"fmt"
	"time"
)

// State is what a claim, or an indicator that rests on claims, says.
type State string

// The three states. There is no fourth: "not sure" is Unknown.
const (
	Present State = "present"
	Absent  State = "absent"
	Unknown State = "unknown"
)

// Claim is one statement about the organisation.
type Claim struct {
	ID          string    // for instance "throughput.dispersion"
	Metric      string    // catalogue name of the metric it rests on, the main one of several; "" if declared
	InPlaceOf   string    // the metric that it would rest on if Metric were not known; "" for most
	Parts       []Part    // what it takes from each metric, Metric's first; none: Metric alone, without more words
	State       State     //
	Strength    float64   // 0 to 1: how far past its band the effect lies; 0 unless Present
	Value       float64   // the effect in Unit; NaN when unknown
	Low, High   float64   // interval of Value; NaN when the method gives none
	Unit        string    // "ratio", "share", "days", "engineers", "1/year", ...
	N           int       // points used
	Need        int       // points the method needs; N < Need means Unknown
	From, To    time.Time // window of the facts used
	Method      string    // "Brown-Forsythe test on weekly changes, recent 26 weeks against the 52 before"
	Assumptions []string
	Warnings    []string
	Sentence    string    // what was seen, in one sentence, with its numbers
	When        time.Time // when it happened, for a change point; zero otherwise
	Lacks       string    // when Unknown: what is missing
	How         string    // when Unknown: the command or YAML that supplies it
	Unread      bool      // nothing supplies it yet: no source reads it
}

// Part is what a claim takes from one metric, so that each number of its sentence can
// be looked up.
type Part struct {
	Metric   string    // catalogue name
	Says     string    // the numbers that are taken, in words; may be ""
	From, To time.Time // window of the buckets that they are taken of
}

// RestsOn lists every metric that the claim rests on; none for what is declared.
func (c Claim) RestsOn() []Part {
	if len(c.Parts) == 0 && c.Metric != "" {
		return []Part{{Metric: c.Metric, From: c.From, To: c.To}}
	}
	return c.Parts
}

// takes notes what is taken from a metric within the claim's own window.
func (c *Claim) takes(format string, args ...any) {
	c.Parts = append(c.Parts, Part{c.Metric, fmt.Sprintf(format, args...), c.From, c.To})
}
