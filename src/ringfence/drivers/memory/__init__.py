# SPDX-License-Identifier: Apache-2.0
"""A whole simulated host whose world is a file: for tests, trials and training. Nothing real is touched.

Chosen by ``RINGFENCE_WORLD=memory:/path``. It refuses what the real tools refuse, forgets what they forget (ports of
a stopped workload), adds what they add, and passes the same contract tests.
"""
