DELETE FROM audit_logs WHERE created_at < $1
