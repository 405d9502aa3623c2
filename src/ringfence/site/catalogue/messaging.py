# SPDX-License-Identifier: Apache-2.0
"""Message brokers, logs and alarms."""

from __future__ import annotations

from .entry import encrypted, plain, tcp, udp

MESSAGING = (
    plain("mqtt", "MQTT", "IANA mqtt; OASIS MQTT 5.0", tcp(1883)),
    encrypted("mqtts", "MQTT over TLS", "IANA secure-mqtt; OASIS MQTT 5.0", tcp(8883)),
    plain("amqp", "AMQP", "IANA amqp; OASIS AMQP 1.0", tcp(5672)),
    encrypted("amqps", "AMQP over TLS", "IANA amqps; OASIS AMQP 1.0", tcp(5671)),
    plain("kafka", "Apache Kafka", "Apache Kafka documentation, default listener", tcp(9092)),
    plain("coap", "CoAP", "IANA coap; RFC 7252", udp(5683)),
    encrypted("coaps", "CoAP over DTLS", "IANA coaps; RFC 7252", udp(5684)),
    plain("syslog", "Syslog", "IANA syslog; RFC 5426", udp(514)),
    encrypted("syslog-tls", "Syslog over TLS", "IANA syslog-tls; RFC 5425", tcp(6514)),
    plain("snmp", "SNMP queries", "IANA snmp; RFC 3417", udp(161)),
    plain("snmp-trap", "SNMP notifications", "IANA snmptrap; RFC 3417", udp(162)),
    plain("smtp", "Mail between servers", "IANA smtp; RFC 5321", tcp(25)),
    encrypted("smtps", "Mail from programs, over TLS", "IANA submissions; RFC 8314", tcp(465)),
)
