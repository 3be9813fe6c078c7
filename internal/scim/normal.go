package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"
)

// normal makes requests follow the protocol. Entra ID writes true and false as text, a
// manager as text, and in a change without a path names of attributes with dots.
func normal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Method == http.MethodGet || r.Method == http.MethodDelete {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("a request has at most %d bytes", maxBody))
			return
		case err != nil:
			refuse(w, http.StatusBadRequest, "the request ended too early")
			return
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(normalBody(body)))
		next.ServeHTTP(w, r)
	})
}

func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/scim+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(scimerrors.ScimError{Status: status, Detail: detail}) //nolint:errcheck // the client is gone
}

// normalBody rewrites what is known to be odd. What is no JSON is left to the next reader.
func normalBody(body []byte) []byte {
	var v map[string]any
	if json.Unmarshal(body, &v) != nil {
		return body
	}
	for k, value := range v {
		if ops, ok := value.([]any); ok && strings.EqualFold(k, "operations") {
			for _, op := range ops {
				if op, ok := op.(map[string]any); ok {
					normalOperation(op)
				}
			}
			continue
		}
		v[k] = normalValue(k, value)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return out
}

func normalOperation(op map[string]any) {
	path := ""
	for k, v := range op {
		if strings.EqualFold(k, "path") {
			path, _ = v.(string)
		}
	}
	for k, v := range op {
		if !strings.EqualFold(k, "value") {
			continue
		}
		if of, ok := v.(map[string]any); ok && path == "" {
			for name, one := range of {
				of[name] = normalValue(name, one)
			}
			continue
		}
		op[k] = normalValue(path, v)
	}
}

// normalValue gives the value of an attribute its type.
func normalValue(name string, v any) any {
	lower := strings.ToLower(name)
	if inside, ok := v.(map[string]any); ok && strings.HasPrefix(lower, "urn:") && strings.HasSuffix(lower, ":user") {
		for k, one := range inside {
			inside[k] = normalValue(k, one)
		}
		return inside
	}
	text, ok := v.(string)
	switch {
	case !ok:
		return v
	case lower == "active" || strings.HasSuffix(lower, ".primary") || strings.HasSuffix(lower, ":active"):
		switch strings.ToLower(text) {
		case "true":
			return true
		case "false":
			return false
		}
	case lower == "manager" || strings.HasSuffix(lower, ":manager"):
		return map[string]any{"value": text}
	}
	return v
}
