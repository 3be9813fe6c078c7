package app

import (
	"context"
	"sync"
)

// memo keeps answers for as long as the version that they were made of holds. Who asks
// for an answer that is being made waits for it.
type memo struct {
	mu      sync.Mutex
	version string
	answers map[string]*answer
}

type answer struct {
	done  chan struct{}
	value any
	err   error
}

// mostAnswers bounds the memory; when there are more, all are forgotten.
const mostAnswers = 1000

// remember gives the answer to a question of a version, and makes it when nobody asked
// before. It is made to the end even when who asked has gone: the next one will ask for
// the same.
func remember[T any](ctx context.Context, m *memo, version, question string, make func(context.Context) (T, error)) (T, error) {
	a, first := m.ask(version, question)
	if first {
		go func() {
			defer close(a.done)
			a.value, a.err = make(context.WithoutCancel(ctx))
			if a.err != nil {
				m.forget(question, a)
			}
		}()
	}
	var none T
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case <-a.done:
	}
	if a.err != nil {
		return none, a.err
	}
	v, _ := a.value.(T)
	return v, nil
}

func (m *memo) ask(version, question string) (a *answer, first bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil || m.version != version || len(m.answers) >= mostAnswers {
		m.version, m.answers = version, map[string]*answer{}
	}
	if a, ok := m.answers[question]; ok {
		return a, false
	}
	a = &answer{done: make(chan struct{})}
	m.answers[question] = a
	return a, true
}

// has tells whether nobody has to wait for an answer.
func (m *memo) has(version, question string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.answers[question]
	if a == nil || m.version != version {
		return false
	}
	select {
	case <-a.done:
		return a.err == nil
	default:
		return false
	}
}

// forget lets the next one try again.
func (m *memo) forget(question string, a *answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers[question] == a {
		delete(m.answers, question)
	}
}
