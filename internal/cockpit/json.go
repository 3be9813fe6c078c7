package cockpit

import "encoding/json"

// An unknown number is null in JSON, never zero: without a call there is no confidence.

// MarshalJSON writes the verdict.
func (v Verdict) MarshalJSON() ([]byte, error) {
	type plain Verdict
	return json.Marshal(struct {
		plain
		Confidence *float64 `json:"confidence"`
	}{plain(v), known(v.Call, &v.Confidence)})
}

// MarshalJSON writes the lens.
func (l Lens) MarshalJSON() ([]byte, error) {
	type plain Lens
	return json.Marshal(struct {
		plain
		Confidence *float64 `json:"confidence"`
	}{plain(l), known(l.Reading, &l.Confidence)})
}

// MarshalJSON writes the verdict of an earlier date.
func (p Past) MarshalJSON() ([]byte, error) {
	type plain Past
	return json.Marshal(struct {
		plain
		Confidence *float64 `json:"confidence"`
	}{plain(p), known(p.Call, &p.Confidence)})
}

func known(call string, confidence *float64) *float64 {
	if call == CallUnknown {
		return nil
	}
	return confidence
}
