package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Measures are what an operator watches: routes, never addresses, and nobody.
type Measures struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	syncs    *prometheus.CounterVec
	synced   prometheus.Gauge
	backups  *prometheus.CounterVec
	backed   prometheus.Gauge
}

// NewMeasures makes them all zero.
func NewMeasures() *Measures {
	m := &Measures{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "diarchy_request_seconds", Help: "Time until an answer was sent, by route and status.", Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 5}}, []string{"method", "route", "status"}),
		syncs:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "diarchy_syncs_total", Help: "Readings of all sources, by how they ended."}, []string{"result"}),
		synced:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "diarchy_last_sync_timestamp_seconds", Help: "When the sources were last read whole; 0 is never."}),
		backups:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "diarchy_backups_total", Help: "Backups, by how they ended."}, []string{"result"}),
		backed:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "diarchy_last_backup_timestamp_seconds", Help: "When a backup was last made and read back; 0 is never."}),
	}
	m.registry.MustRegister(m.requests, m.syncs, m.synced, m.backups, m.backed, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Synced counts a reading of the sources.
func (m *Measures) Synced(at time.Time, err error) { count(m.syncs, m.synced, at, err) }

// BackedUp counts a backup.
func (m *Measures) BackedUp(at time.Time, err error) { count(m.backups, m.backed, at, err) }

func count(counter *prometheus.CounterVec, last prometheus.Gauge, at time.Time, err error) {
	if err != nil {
		counter.WithLabelValues("failed").Inc()
		return
	}
	counter.WithLabelValues("ok").Inc()
	last.Set(float64(at.Unix()))
}

func (m *Measures) answered(method, route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	if route == "" {
		route = "none" // addresses that there are not would be endless
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// watched answers what watches the server, in the form of Prometheus.
func (s *Server) watched(r *request) error {
	if s.measures == nil {
		return errHidden
	}
	promhttp.HandlerFor(s.measures.registry, promhttp.HandlerOpts{}).ServeHTTP(r.w, r.Request)
	return nil
}
