DELETE FROM session_tokens WHERE expires_at < $1
