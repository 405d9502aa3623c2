# SPDX-License-Identifier: Apache-2.0
"""The command line. It asks the app and shows what it answers; everything heavy is imported when it is needed."""
