# SPDX-License-Identifier: Apache-2.0
"""Historians, databases and files."""

from __future__ import annotations

from .entry import encrypted, plain, tcp, udp

STORAGE = (
    plain("pi-server", "AVEVA (OSIsoft) PI Data Archive", "AVEVA PI Server documentation, default port", tcp(5450)),
    plain("influxdb", "InfluxDB HTTP API", "InfluxData documentation, default port", tcp(8086)),
    plain("postgresql", "PostgreSQL", "IANA postgresql", tcp(5432)),
    plain("mssql", "Microsoft SQL Server", "IANA ms-sql-s", tcp(1433)),
    plain("mssql-browser", "Microsoft SQL Server Browser", "IANA ms-sql-m", udp(1434)),
    plain("mysql", "MySQL and MariaDB", "IANA mysql", tcp(3306)),
    plain("oracle", "Oracle Database listener", "Oracle Net Services, default port", tcp(1521)),
    plain("mongodb", "MongoDB", "IANA mongodb", tcp(27017)),
    plain("redis", "Redis", "IANA redis", tcp(6379)),
    plain("smb", "SMB file sharing, without NetBIOS", "IANA microsoft-ds; MS-SMB2", tcp(445)),
    plain("nfs", "NFS version 4", "IANA nfs; RFC 7530", tcp(2049)),
    plain("iscsi", "iSCSI", "IANA iscsi-target; RFC 7143", tcp(3260)),
    plain("ftp", "FTP control connection, without data", "IANA ftp; RFC 959", tcp(21)),
    encrypted("ftps", "FTP over TLS, control connection, without data", "IANA ftps", tcp(990)),
    plain("rsync", "rsync daemon", "IANA rsync", tcp(873)),
)
