FROM python:3.13-slim
WORKDIR /levelhead
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt \
 && useradd --system --create-home --home-dir /data levelhead
COPY . .
# Its data: mount a volume here. It needs the same owner.
ENV LEVELHEAD_HOME=/data LEVELHEAD_BIND=0.0.0.0
USER levelhead
VOLUME /data
EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8501/readyz', headers={'Host': 'localhost:8501'}))"]
CMD ["python", "-m", "web.supervisor"]
