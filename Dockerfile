# One process: page, streams, REST and the simulator on $PORT. With REDIS_URL, one of several web processes.
FROM python:3.12-slim

RUN useradd --create-home --uid 10001 fairway \
    && mkdir /kept && chown fairway /kept
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . ./

USER 10001
# what must outlive the container: the state and the history; another DATABASE_URL takes the history elsewhere
VOLUME /kept
ENV PORT=8050 PYTHONUNBUFFERED=1 FAIRWAY_STATE_FILE=/kept/state.db \
    DATABASE_URL=sqlite:////kept/history.db
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
# the very line that a PaaS starts
CMD ["sh", "-c", "eval \"$(sed -n 's/^web: /exec env /p' Procfile)\""]
