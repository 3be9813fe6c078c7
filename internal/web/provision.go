package web

import "net/http"

// provision hands a request of an identity provider on. What it reads and changes is
// about people, and is written down.
func (s *Server) provision(r *request) error {
	if s.provisioning == nil {
		return errHidden
	}
	at := "/" + r.PathValue("path")
	if err := s.gate.Record(r.Context(), r.viewer, "people.provision", r.Method+" "+at, nil); err != nil {
		return err
	}
	http.StripPrefix("/scim/v2", s.provisioning).ServeHTTP(r.w, r.Request)
	return nil
}
