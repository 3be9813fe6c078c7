// Package web is the site that two leaders work in: rooms on server-rendered pages, made
// of the same parts as the report. A page reads without scripts; what scripts add is
// drawings and keys.
//
// It computes nothing about the company: what rooms show are values of cockpit, which it
// asks of the small interfaces in company.go. It knows no store, no source and no file.
//
// A handler reads: who asks and for what place (scope, day, period); what the company
// says; the room. routes.go is the map of the site. It sits at the end of the flow:
// cockpit -> web.
package web
