package report

import (
	"encoding/json"
	"io"
	"math"
	"reflect"
	"time"

	"github.com/diarchy/diarchy/internal/cockpit"
)

// JSON writes the diagnosis as indented JSON in the published schema
// (docs/schema/diagnosis-v1.json). Lists that are not there are written as [],
// numbers that are not known as null. It fails when w does, or when a number
// that must be known is NaN or infinite.
func JSON(w io.Writer, d cockpit.Diagnosis) error {
	if d.Schema == "" {
		d.Schema = cockpit.DiagnosisSchema
	}
	return Encode(w, d)
}

// AgreementJSON writes what is shown of an agreement as indented JSON, in the schema
// that it names, in the same manner as JSON.
func AgreementJSON[T cockpit.Agreement | cockpit.AgreementCheck | cockpit.Comparison | cockpit.Ruling](w io.Writer, v T) error {
	return Encode(w, v)
}

// Encode writes a value as indented JSON: lists and maps that are not there as empty ones,
// numbers that are none as null.
func Encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(filled(reflect.ValueOf(v)).Interface())
}

// filled copies a value with empty lists and maps in the place of nil ones and
// nil in the place of numbers that are none. The original is left as it is.
func filled(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Struct:
		return filledStruct(v)
	case reflect.Slice:
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(filled(v.Index(i)))
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return reflect.MakeMap(v.Type())
		}
	case reflect.Pointer:
		if n, ok := v.Interface().(*float64); ok && n != nil && (math.IsNaN(*n) || math.IsInf(*n, 0)) {
			return reflect.Zero(v.Type())
		}
		if !v.IsNil() && v.Elem().Kind() == reflect.Struct {
			out := reflect.New(v.Type().Elem())
			out.Elem().Set(filled(v.Elem()))
			return out
		}
	}
	return v
}

func filledStruct(v reflect.Value) reflect.Value {
	if v.Type() == reflect.TypeFor[time.Time]() {
		return v
	}
	out := reflect.New(v.Type()).Elem()
	for i := range v.NumField() {
		out.Field(i).Set(filled(v.Field(i)))
	}
	return out
}
