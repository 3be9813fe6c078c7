// Package report renders one cockpit.Diagnosis for people and programs: to a
// terminal, to a self-contained HTML page, to Markdown and to JSON. All four
// show the same value in the same order, so that they cannot disagree.
//
// It computes nothing about the company: every number and every judgement comes
// with the diagnosis. It reads no file, no clock and no network; the charts'
// script is compiled in when it has been built (see web/) and left out, with a
// note and the tables in its place, when it has not.
//
// It sits at the end of the flow: cockpit -> report.
package report
